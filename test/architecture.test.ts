/** Who may import whom. ARCHITECTURE.md says why; this table is what counts. */

import { describe, expect, it } from 'vitest';
import { componentKinds } from '../src/integrations/index.ts';
import { type Import, type Module, modulesOfSource, runsWith } from './support/source.ts';

interface Rule {
  /** What belongs to it: the beginning of a path under `src/`. Without any: all of the root that no other rule has. */
  readonly is?: readonly string[];
  /** Parts that it may import, besides itself; `part: path` narrows it down to what begins with that path. */
  readonly may: readonly string[];
  /** Parts of which it may import types only. */
  readonly typesOf?: readonly string[];
  readonly packages?: RegExp;
}

const RULES: Readonly<Record<string, Rule>> = {
  // What an incident, a plan, a run is; pure rules, and the ports that integrations offer.
  nouns: { may: [], packages: /^(zod|node:crypto)$/ },
  log: { is: ['log.ts'], may: ['nouns: errors.ts'] },
  package: { is: ['package-path.ts'], may: [], packages: /^node:(fs|path)$/ },
  loop: { is: ['loop.ts', 'incidents.ts'], may: ['nouns'], typesOf: ['journal'] },
  config: {
    is: ['config/'],
    may: ['nouns', 'package'],
    packages: /^(zod|yaml|node:fs|node:path)$/,
  },
  flows: { is: ['flows/'], may: ['nouns'], typesOf: ['loop', 'journal'] },
  blocks: { is: ['blocks/'], may: ['nouns'], packages: /^(zod|@slack\/types)$/ },
  timeline: { is: ['timeline/'], may: ['nouns'] },
  postmortem: { is: ['postmortem/'], may: ['nouns', 'timeline'] },
  journal: {
    is: ['journal/'],
    may: ['nouns', 'timeline', 'postmortem'],
    packages: /^(better-sqlite3|diff|zod|node:(crypto|fs|path))$/,
  },
  integrations: {
    is: ['integrations/'],
    may: ['nouns'],
    // Each its vendor's; and nothing that belongs to another part.
    packages: /^(?!@slack\/|better-sqlite3|yaml|commander|ws$)/,
  },
  engine: {
    is: ['engine/'],
    may: ['nouns', 'flows'],
    typesOf: ['loop', 'journal'],
    packages: /^node:events$/,
  },
  slack: {
    is: ['slack/'],
    may: ['nouns', 'flows', 'blocks'],
    typesOf: ['loop', 'journal', 'log'],
    packages: /^(@slack\/(bolt|web-api)|node:(events|http|net))$/,
  },
  commands: {
    is: ['commands/'],
    may: [
      'nouns',
      'flows',
      'blocks',
      'slack: directory.ts',
      'slack: respond.ts',
      'slack: call.ts',
      'slack: post-canvas.ts',
      'journal: exports/',
    ],
    typesOf: ['loop', 'journal'],
    // Requests are parsed and authenticated here: those of Slack by Bolt, alerts by hand.
    packages: /^(@slack\/(bolt|web-api)|zod|node:(http|crypto))$/,
  },
  // Only the far ends are simulated: the bot is met over HTTP, as the real ones meet it.
  sandbox: {
    is: ['sandbox/'],
    may: ['package'],
    // `mongodb` for the format of what goes over the wire.
    packages: /^(node:.*|ws|yaml|zod|mongodb|preact(\/.*)?|micromark(-extension-gfm)?)$/,
  },
  // The only ones that know everything, and whom nobody else imports.
  entrance: { is: ['app.ts', 'cli.ts', 'cli/', 'doctor.ts'], may: ['*'], packages: /./ },
};

const modules = modulesOfSource();

describe('the parts', () => {
  it.each(Object.keys(RULES))('%s: imports what it may, and nothing else', (part) => {
    const own = modules.filter(({ file }) => partOf(file) === part);
    const wrong = own.flatMap(({ file, imports }) =>
      imports
        .filter((each) => !isAllowed(part, each))
        .map(({ to, how }) => `${file} imports ${to} (${how})`),
    );

    expect(own).not.toEqual([]);
    expect(wrong).toEqual([]);
  });

  it('are complete: every folder has its rule', () => {
    const folders = new Set(modules.flatMap(({ file }) => /^[^/]+\//.exec(file)?.[0] ?? []));
    const ruled = Object.values(RULES).flatMap(({ is = [] }) =>
      is.filter((path) => path.endsWith('/')),
    );
    expect([...folders].sort()).toEqual(ruled.sort());
  });
});

describe('the modules', () => {
  it('run each other in one direction: none leads back to itself', () => {
    expect(cycles(modules)).toEqual([]);
  });

  it('read the environment in config/ and cli/ only', () => {
    const readers = modules
      // Setting a variable that a package listens to is no reading.
      .filter(({ text }) => /\bprocess\.env\b(?!\['\w+'\] (\?\?)?= )/.test(text))
      .map(({ file }) => file);
    expect(readers.filter((file) => !/^(config|cli)\//.test(file))).toEqual([]);
  });

  it('ask no clock but the one they are given, in flows and nouns', () => {
    const readers = modules
      .filter(
        ({ file }) => ['flows', 'nouns', 'blocks'].includes(partOf(file)) && file !== 'clock.ts',
      )
      .filter(({ text }) => /\bDate\.now\(|new Date\(\)|Math\.random\(/.test(text));
    expect(readers.map(({ file }) => file)).toEqual([]);
  });

  it('name a system in its own folder only: no flow, block, command or engine file knows one', () => {
    // What these are called are words of their own, too.
    const kinds = Object.keys(componentKinds).filter((kind) => !/^[a-z]+$/.test(kind));
    const wrong = modules
      .filter(({ file }) => !/^(integrations|sandbox|cli)\//.test(file))
      .flatMap(({ file, text }) =>
        kinds.filter((kind) => text.includes(`'${kind}'`)).map((kind) => `${file} names ${kind}`),
      );
    expect(kinds.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it.each(['integrations/index.ts', 'app.ts'])('load no vendor’s package with %s', (file) => {
    const packages = [...runsWith(file, modules)].filter((name) => !name.endsWith('.ts'));
    const ours = /^(zod|yaml|better-sqlite3|@slack\/(bolt|web-api)|node:.*)$/;
    expect(packages.filter((name) => !ours.test(name))).toEqual([]);
  });

  it('load next to nothing for --help', () => {
    const packages = [...runsWith('cli.ts', modules)].filter((name) => !name.endsWith('.ts'));
    expect(packages).toEqual(['commander']);
  });
});

function partOf(file: string): string {
  const found = Object.entries(RULES).find(([, { is = [] }]) =>
    is.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path)),
  );
  return found?.[0] ?? 'nouns';
}

function isAllowed(part: string, { to, isPackage, how }: Import): boolean {
  const rule = RULES[part];
  if (!rule) return false;
  if (isPackage) return rule.packages?.test(to) === true;
  const target = partOf(to);
  if (target === part || rule.may.includes('*')) return true;
  if (how === 'type' && rule.typesOf?.includes(target)) return true;
  const path = to.slice(to.indexOf('/') + 1);
  return rule.may.some((each) => {
    const [name, beginning = ''] = each.split(': ');
    return name === target && path.startsWith(beginning);
  });
}

/** Each cycle once, as the files it goes through; types are gone by the time anything runs. */
function cycles(all: readonly Module[]): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    const next = all.find((each) => each.file === file)?.imports ?? [];
    for (const { to, isPackage, how } of next) {
      if (!isPackage && how !== 'type') visit(to, [...trail, file]);
    }
    done.add(file);
  };
  for (const { file } of all) visit(file, []);
  return found;
}
