/** `backstop incidents`: what the journal has. */

import { createLoop } from '../loop.ts';
import { severityTerm, statusWord } from '../vocabulary.ts';
import { type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { table } from './table.ts';

/** Lists the incidents, newest first. */
export async function incidents(options: GlobalOptions): Promise<number> {
  const { journal } = readJournal(options);
  const all = createLoop(journal, Date.now).incidents();
  const rows = all.map((incident) => [
    incident.id,
    incident.severity ? severityTerm(incident.severity.is).label : '-',
    incident.imported ? `${statusWord(incident.status)} (imported)` : statusWord(incident.status),
    `${incident.service} ${incident.environment}`,
    new Date(incident.declaredAt).toISOString().slice(0, 16).replace('T', ' '),
    oneLine(incident.title),
  ]);
  process.stdout.write(
    rows.length === 0
      ? 'No incident was ever declared here.\n'
      : table([['INCIDENT', 'SEVERITY', 'STATUS', 'WHERE', 'DECLARED (UTC)', 'TITLE'], ...rows]),
  );
  await journal.close();
  return EXIT.ok;
}

/** Text that people wrote must not move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 80);
}
