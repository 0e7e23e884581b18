/** The name of the database that the application uses: read and set by the team's own commands. */

import { OutsideError } from '../../errors.ts';
import { filled } from '../command/parameters.ts';
import { commandAt, isLost, shellLine } from '../command/place.ts';
import { type Ended, howItEnded, runCommand } from '../command/run-command.ts';
import type { MongodbSettings } from './schema.ts';

/** Whether a name is the first one of the database, or one that a restore gave it. */
export function isOwnName(database: string, name: string): boolean {
  return name === database || new RegExp(`^${database}_new_\\d{17}$`).test(name);
}

/** @throws OutsideError when it cannot be read, and for a name that is none of this component's databases. */
export async function readUsed(settings: MongodbSettings, signal: AbortSignal): Promise<string> {
  const { used, database } = settings;
  const ended = await run(settings, used.read, signal);
  const name = ended.answer.trim();
  if (ended.how !== 'exited' || ended.code !== 0) throw failed(settings, ended, 'read', used.read);
  if (isOwnName(database, name)) return name;
  throw new OutsideError({
    kind: 'rejected',
    system: 'The application',
    attempted: 'read which database it uses',
    on: database,
    answer: `It uses ${/^[\w-]{1,64}$/.test(name) ? name : 'something that is no name'}`,
    next: `It has to be ${database}, or one that Backstop restored; check \`used.read\` in backstop.yaml.`,
  });
}

/** One change. @throws OutsideError; `ambiguous` when it is not known whether it was set. */
export async function setUsed(
  settings: MongodbSettings,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const argv = filled(settings.used.set, { database: name });
  const ended = await run(settings, argv, signal).catch((error: unknown): never => {
    if (!signal.aborted || error instanceof OutsideError) throw error;
    throw new OutsideError({
      kind: 'ambiguous',
      system: 'The application',
      attempted: 'set which database it uses',
      on: name,
      answer: 'It was cancelled.',
      next: 'Look which one is set before anything is repeated.',
    });
  });
  if (ended.how !== 'exited' || ended.code !== 0) throw failed(settings, ended, 'change', argv);
}

async function run(
  { used }: MongodbSettings,
  [program = '', ...args]: readonly string[],
  signal: AbortSignal,
): Promise<Ended> {
  const limitMs = used.limitSeconds * 1000;
  const errand = { argv: [program, ...args] as const, limitMs, answerBytes: 1_000 };
  return runCommand(await commandAt(used, errand, signal), signal);
}

function failed(
  { used }: MongodbSettings,
  ended: Ended,
  asked: 'read' | 'change',
  argv: readonly string[],
): OutsideError {
  const unclear = asked === 'change' ? 'ambiguous' : 'unavailable';
  const said = ended.lastLines === '' ? '' : `: ${ended.lastLines.slice(-300)}`;
  return new OutsideError({
    kind: asked === 'read' && !isLost(used.where, ended) ? 'rejected' : unclear,
    system: 'The application',
    attempted: `${asked === 'read' ? 'read' : 'set'} which database it uses`,
    on: shellLine(argv.slice(0, 1)),
    answer: `It ${howItEnded(ended, used.limitSeconds * 1000)}${said}`,
    next: 'Run the command by hand, and look which database is set.',
  });
}
