/** Watches the commands that this process runs, such as `pg_dump`, and kills it around the one it was told to. */

import childProcess, { type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { die } from './die.ts';
import { instant } from './instant.ts';

/** Around the n-th command of a name since the process was told so: before it starts, while it runs on by itself, or when it has ended. */
export interface CommandPoint {
  readonly command: string;
  readonly nth: number;
  readonly when: 'before' | 'during' | 'after';
}

/** The words that say what a command is for; the others are names, paths and places. */
const TELLING =
  /^(psql|pg_dump|pg_restore|mongodump|mongorestore|mongosh|exec|ps|stop|start|up|migrate:\w+|[\w-]+\.cjs|--(version|list|file|format|exit-on-error))$/;

let point: CommandPoint | undefined;
const seen = new Map<string, number>();

/** Has this process killed there; counts from now on. */
export function armCommand(at: CommandPoint | undefined): void {
  point = at;
  seen.clear();
}

/** Called before anything is run. `tell` gets the name of each command as it starts, and the instant. */
export function watchCommands(tell: (command: string, at: number) => void): void {
  const original = childProcess.spawn as (...given: unknown[]) => ChildProcess;
  const watched = (file: string, args: readonly string[], options: unknown): ChildProcess => {
    const command = nameOf(file, args);
    const nth = (seen.get(command) ?? 0) + 1;
    seen.set(command, nth);
    const when = point?.command === command && point.nth === nth ? point.when : undefined;
    if (when === 'before') die();
    const child = original(file, args, options);
    if (when === 'during') die();
    if (when === 'after') child.prependOnceListener('exit', die);
    tell(command, instant());
    return child;
  };
  childProcess.spawn = watched as typeof childProcess.spawn;
}

function nameOf(file: string, args: readonly string[]): string {
  const words = args.map((word) => (word.startsWith('-') ? word.replace(/=.*/s, '') : word));
  const telling = words.map((word) => (word.startsWith('/') ? basename(word) : word));
  return [basename(file), ...telling.filter((word) => TELLING.test(word))].join(' ');
}
