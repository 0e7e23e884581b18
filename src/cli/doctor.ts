import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import { examine } from '../doctor.ts';
import type { Verdict } from '../operation.ts';
import { packagePath } from '../package-path.ts';
import { createRedactor } from '../redact.ts';
import { configFrom, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { table } from './table.ts';

const LIMIT_MS = 60_000;
const SIGNS: Readonly<Record<Verdict, string>> = {
  pass: 'ok',
  warn: 'warn',
  fail: 'FAIL',
  unknown: '?',
};

const Manifest = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

/** Prints what was checked, and for each failure what to do. Exit code 1 when anything failed or could not be read. */
export async function doctor(options: GlobalOptions): Promise<number> {
  const config = configFrom(options);
  const redact = createRedactor(config.secrets);
  const manifest = Manifest.parse(parse(readFileSync(packagePath('manifest.yml'), 'utf8')));
  const findings = await examine({
    config,
    scopes: manifest.oauth_config.scopes.bot,
    clock: systemClock,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const rows = findings.map(({ part, what, verdict, reason }) => [
    SIGNS[verdict],
    part,
    what,
    reason,
  ]);
  process.stdout.write(redact(table([['', 'PART', 'CHECK', 'FOUND'], ...rows])));
  const open = findings.filter(({ verdict }) => verdict !== 'pass');
  if (open.some(({ next }) => next !== '')) {
    const todo = open.map(({ part, what, next }) => `- ${part}, ${what}: ${next}`);
    process.stdout.write(redact(`\nWhat to do:\n${todo.join('\n')}\n`));
  }
  const bad = open.filter(({ verdict }) => verdict !== 'warn');
  process.stdout.write(
    bad.length === 0
      ? `\nReady: ${options.config} works.\n`
      : `\n${bad.length} of ${findings.length} checks failed.\n`,
  );
  return bad.length === 0 ? EXIT.ok : EXIT.failed;
}
