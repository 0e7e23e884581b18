/** Playbooks from their folders: those that Backstop ships, and a team's own, which take the place of those of their name. */

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError, messageOf } from '../errors.ts';
import { preparedPath } from '../package-path.ts';
import { Playbook } from '../playbook.ts';
import { shown } from './leaves.ts';
import { expectedBy, problemsOf } from './problems.ts';
import { type Path, readSource, type Source } from './source.ts';
import { keysAt, valueAt } from './walk.ts';

/** The folder of the playbooks that come with Backstop. */
export const SHIPPED_PLAYBOOKS = preparedPath('playbooks');

const PLAYBOOK_FILE = /\.(ya?ml|json)$/;

export interface ReadPlaybooks {
  readonly playbooks: readonly Playbook[];
  readonly failures: readonly { readonly file: string; readonly error: Error }[];
}

/**
 * The playbooks to offer, by name and in the order of their names.
 * @param shipped folder of Backstop's own. @param own folder of the team's, if there is one.
 * @throws ConfigError for the first file that cannot be used.
 */
export function loadPlaybooks(
  shipped: string,
  own: string | undefined,
): ReadonlyMap<string, Playbook> {
  const read = [shipped, ...(own === undefined ? [] : [own])].map(readPlaybooks);
  const [failure] = read.flatMap(({ failures }) => failures);
  if (failure) throw failure.error;
  const all = new Map(read.flatMap(({ playbooks }) => playbooks.map((each) => [each.name, each])));
  return new Map([...all].sort(([a], [b]) => a.localeCompare(b)));
}

/** Reads every `*.yaml` in a folder, or `*.json` that says the same; what cannot be used is told beside the rest. */
export function readPlaybooks(folder: string): ReadPlaybooks {
  const playbooks: Playbook[] = [];
  const failures: { file: string; error: Error }[] = [];
  const attempt = (file: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const known = error instanceof ConfigError ? error : unreadable(file, error);
      failures.push({ file, error: known });
    }
  };
  attempt(folder, () => {
    for (const name of readdirSync(folder)
      .filter((each) => PLAYBOOK_FILE.test(each))
      .sort()) {
      const file = join(folder, name);
      attempt(file, () => playbooks.push(parsePlaybook(readFileSync(file, 'utf8'), file)));
    }
  });
  return { playbooks, failures };
}

/**
 * Checks the text of one playbook.
 * @throws ConfigError with every problem found.
 */
export function parsePlaybook(text: string, file: string): Playbook {
  const source = file.endsWith('.json') ? inJson(text) : readSource(text, file);
  const parsed = Playbook.safeParse(source.value, { error: expectedBy });
  if (!parsed.success) {
    const around = {
      lineOf: source.lineOf,
      keysAt: (path: Path) => keysAt(Playbook, source.value, path),
      shown: (path: Path) => shown(valueAt(source.value, path), undefined),
    };
    throw new ConfigError(
      file,
      parsed.error.issues.flatMap((issue) => problemsOf(issue, around)),
    );
  }
  const name = basename(file).replace(PLAYBOOK_FILE, '');
  if (parsed.data.name !== name) {
    throw new ConfigError(file, [
      {
        path: 'name',
        line: source.lineOf(['name']),
        value: JSON.stringify(parsed.data.name),
        expected: `the name of the file, ${name}`,
      },
    ]);
  }
  return parsed.data;
}

/** Read five hundred times as fast as YAML, which every start of the bot waits for. */
function inJson(text: string): Source {
  return { value: JSON.parse(text), lineOf: () => undefined };
}

function unreadable(file: string, error: unknown): ConfigError {
  const expected = 'a folder with readable *.yaml files';
  return new ConfigError(file, [{ path: 'playbooks', value: messageOf(error), expected }]);
}
