/** Reads in the code of a release, through the command runner. */

import { stripVTControlCharacters } from 'node:util';
import { OutsideError } from '../../errors.ts';
import { commandAt, placeName, shellLine } from '../command/place.ts';
import { type Ended, howItEnded, runCommand } from '../command/run-command.ts';
import { redact } from '../redact.ts';
import { type MigrationsSettings, surroundingsIn } from './schema.ts';
import type { Answer, Reading, Tool } from './tool.ts';

const ANSWER_BYTES = 2 * 1024 * 1024;
const FILE_NOT_THERE = 1;

/** Reads in the directory of one release. Every read has the time limit of the settings. */
export function readingIn(
  settings: MigrationsSettings,
  tool: Tool,
  directory: string,
  signal: AbortSignal,
): Reading {
  const limitMs = settings.readSeconds * 1000;
  const place = `${directory} on ${placeName(settings.where)}`;

  async function run(argv: readonly [string, ...string[]]): Promise<Ended> {
    const errand = { argv, limitMs, answerBytes: ANSWER_BYTES };
    const surroundings = surroundingsIn(settings, directory);
    return runCommand(await commandAt(surroundings, errand, signal), signal);
  }

  function outside(ended: Ended, attempted: string, next?: string): OutsideError {
    const how = howItEnded(ended, limitMs);
    const said = redact(ended.said, []);
    return new OutsideError({
      kind: 'unavailable',
      system: tool.title,
      attempted,
      on: place,
      answer: said === '' ? `it ${how}` : `it ${how}: ${said}`,
      next: next ?? 'Run the same by hand in that directory, as the user Backstop runs as.',
    });
  }

  async function readPlain(argv: readonly [string, ...string[]]): Promise<string> {
    const ended = await run(argv);
    if (ended.how === 'exited' && ended.code === 0) return ended.answer;
    throw outside(ended, `read ${argv.at(-1)}`);
  }

  return {
    migrations: settings.migrations ?? tool.migrations,
    async ask(...args) {
      const argv = argvOf(settings, args);
      const ended = await run(argv);
      if (ended.how !== 'exited') throw outside(ended, `answer ${shellLine(args)}`);
      return answerOf(ended, ended.code);
    },
    async list(path) {
      const names = await readPlain(['ls', '-1', '--', path]);
      return names.split('\n').filter((name) => name !== '');
    },
    async read(path) {
      const found = await run(['test', '-f', path]);
      if (found.how === 'exited' && found.code === FILE_NOT_THERE) return undefined;
      return readPlain(['cat', '--', path]);
    },
    unusable: (answer, kind = 'unavailable', next) =>
      new OutsideError({
        kind,
        system: tool.title,
        attempted: 'say which migrations ran',
        on: place,
        code: `exit code ${answer.code}`,
        answer: redact(answer.said, []),
        next:
          next ?? 'Run the same by hand in that directory; see that the tool reaches the database.',
      }),
  };
}

/** The tool with these arguments. */
export function argvOf(
  { run }: MigrationsSettings,
  args: readonly string[],
): readonly [string, ...string[]] {
  const [program = '', ...given] = run;
  return [program, ...given, ...args];
}

/** Without colours: some tools colour their words whether somebody looks or not. */
export function answerOf(ended: Ended, code: number): Answer {
  return {
    code,
    out: stripVTControlCharacters(ended.answer),
    said: stripVTControlCharacters(ended.said),
  };
}
