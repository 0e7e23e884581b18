import type { DoctorFinding } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import { type Found, finding, passed } from '../finding.ts';
import { commandAt, isLost, placeName, shellLine } from './place.ts';
import { runCommand } from './run-command.ts';
import type { CommandSettings } from './schema.ts';
import type { Surroundings } from './where.ts';

const LOOK_MS = 15_000;

/**
 * Whether the executable is there and may be run, where and as whom it would run. Runs nothing but `test -x`, or `which`
 * for a name without a path.
 */
export async function canStart(
  settings: Surroundings,
  run: readonly string[],
  signal: AbortSignal,
): Promise<Found> {
  const [program = ''] = run;
  const place = placeName(settings.where);
  const argv = program.includes('/')
    ? (['test', '-x', program] as const)
    : (['which', program] as const);
  const command = await commandAt(settings, { argv, limitMs: LOOK_MS }, signal);
  const ended = await runCommand(command, signal);
  if (ended.how === 'exited' && ended.code === 0) return passed(`${program} is there, on ${place}`);
  if (ended.how === 'exited' && ended.code === 1 && !isLost(settings.where, ended)) {
    return {
      verdict: 'fail',
      reason: `${program} is not there or not executable on ${place}`,
      next: 'Correct the path or the permissions.',
    };
  }
  throw new OutsideError({
    kind: settings.where.kind === 'local' ? 'rejected' : 'unavailable',
    system: place,
    attempted: 'look for the executable',
    on: shellLine([program]),
    answer: ended.lastLines,
    next: 'Try the same by hand, as the user Backstop runs as.',
  });
}

/** Checks by reading that each operation's executables are there. Never throws. */
export async function examine(
  settings: CommandSettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const runs = Object.entries(settings.operations).flatMap(([name, { run, check }]) => [
    [`operation ${name}`, run] as const,
    ...(check ? [[`check of operation ${name}`, check.run] as const] : []),
  ]);
  const found = await Promise.all(
    runs.map(([what, run]) =>
      finding(`${what} on ${placeName(settings.where)}`, 'fail', () =>
        canStart(settings, run, signal),
      ),
    ),
  );
  const blind = Object.entries(settings.operations)
    .filter(([, { check }]) => !check)
    .map(
      ([name]): DoctorFinding => ({
        what: `operation ${name} can be seen to be done`,
        verdict: 'warn',
        reason: 'it has no check, so after a crash a person is asked',
        next: 'Give it a `check`, where there is a command that can tell.',
      }),
    );
  return [...found, ...blind];
}
