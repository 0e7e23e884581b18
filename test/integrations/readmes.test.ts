/** What the documents show can be put into `backstop.yaml` as it stands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseConfig } from '../../src/config/load.ts';
import {
  announceKinds,
  componentKinds,
  connectionSchemas,
  probeKinds,
} from '../../src/integrations/index.ts';
import { ENV, kinds, VALID } from '../config/a-config.ts';

const FOLDER = new URL('../../src/integrations/', import.meta.url);
const GUIDE = readFileSync(new URL('../../docs/integrations.md', import.meta.url), 'utf8');
const KINDS = { ...componentKinds, ...announceKinds };

const READMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((one) => one.isDirectory() && existsSync(new URL(`${one.name}/README.md`, FOLDER)))
  .map(({ name }) => ({
    name,
    text: readFileSync(new URL(`${name}/README.md`, FOLDER), 'utf8'),
  }));

test('every kind has its README, to which the guide leads', () => {
  for (const kind of Object.keys(KINDS)) {
    const own = READMES.filter(({ text }) => text.includes(`kind: ${kind}`));
    expect(own, kind).not.toEqual([]);
    expect(
      own.some(({ name }) => GUIDE.includes(`src/integrations/${name}/README.md`)),
      kind,
    ).toBe(true);
  }
});

/** Every block of YAML in what people follow, as the loader of `backstop.yaml` is to take it. */
const BLOCKS = [...documents()].flatMap(({ file, text }) =>
  [...text.matchAll(/^ *```yaml\n(.*?)^ *```/gms)].map(([whole, block = ''], index) => ({
    name: `${file}, block ${index + 1}`,
    file,
    // In a list it is indented.
    yaml: parse(block.replaceAll(new RegExp(`^${/^ */.exec(whole)?.[0] ?? ''}`, 'gm'), '')) as Part,
  })),
);
type Part = Readonly<Record<string, unknown>>;

/** Somebody else's YAML. */
const OTHERS = new Set(['rules']);
const TOP = new Set([
  ...Object.keys(connectionSchemas),
  'components',
  'probes',
  'services',
  'incidents',
]);
const CONNECTIONS = Object.fromEntries(
  BLOCKS.toReversed().flatMap(({ yaml }) =>
    Object.entries(yaml).filter(([key]) => key in connectionSchemas),
  ),
);

describe.each(BLOCKS.filter(({ yaml }) => !Object.keys(yaml).some((key) => OTHERS.has(key))))(
  '$name',
  ({ file, yaml }) => {
    test('can be put into backstop.yaml as it stands', () => {
      const text = stringify(configurationWith(file, yaml));
      const env = Object.fromEntries(
        [...text.matchAll(/env:(\w+)/g)].map(([, name = '']) => [name, ENV[name] ?? valueOf(name)]),
      );
      const options = {
        file: '/etc/backstop/backstop.yaml',
        env,
        readFile: () => 'a-secret',
        kinds,
      };

      const { components, probes } =
        parseConfig(text, options).services['checkout']?.environments['production'] ?? {};

      expect(Object.keys(components ?? {})).toEqual(
        expect.arrayContaining([...keysOf(yaml, 'components')]),
      );
      expect(Object.keys(probes ?? {})).toEqual(
        expect.arrayContaining([...keysOf(yaml, 'probes')]),
      );
    });
  },
);

test('the guide shows whole what the set-ups of guides 000 and 001 need', () => {
  const shown = BLOCKS.filter(({ file }) => file === 'docs/integrations.md').flatMap(({ yaml }) =>
    Object.values((yaml['components'] ?? {}) as Readonly<Record<string, Part>>),
  );

  expect(new Set(shown.map(({ kind }) => kind))).toEqual(
    new Set([
      'aws-codedeploy',
      'aws-ecs',
      'azure-app-service',
      'azure-container-apps',
      'azure-container-instances',
      'azure-postgresql',
      'contentful-environment',
      'github-repository',
      'github-workflow',
      'job-guard',
    ]),
  );
});

function* documents(): Iterable<{ readonly file: string; readonly text: string }> {
  const docs = new URL('../../docs/', import.meta.url);
  for (const file of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
    yield { file: `docs/${file}`, text: readFileSync(new URL(file, docs), 'utf8') };
  }
  for (const { name, text } of READMES) yield { file: `${name}/README.md`, text };
}

/** A configuration that is complete but for what the block is about. */
function configurationWith(file: string, block: Part): Part {
  const base = parse(VALID) as { services: { checkout: Whole }; incidents: object };
  interface Whole {
    readonly environments: { readonly production: Part };
  }
  const isWhole = Object.keys(block).every((key) => TOP.has(key));
  const { components, probes, services, incidents, ...connections } = isWhole
    ? block
    : { components: withSettings(file, block) };
  const { production } = base.services.checkout.environments;
  const checkout = {
    ...base.services.checkout,
    ...(services as { checkout?: object } | undefined)?.checkout,
    environments: {
      production: {
        ...production,
        ...(components === undefined ? {} : { components }),
        ...(probes === undefined ? {} : { probes }),
      },
    },
  };
  return {
    ...base,
    ...CONNECTIONS,
    ...connections,
    incidents: { ...base.incidents, ...(incidents as object | undefined) },
    services: { checkout },
  };
}

/** Settings that the text adds to the component shown first. */
function withSettings(file: string, settings: Part): Part {
  const first = BLOCKS.find((one) => one.file === file && 'components' in one.yaml)?.yaml;
  const [[id, component] = ['', {}]] = Object.entries((first?.['components'] ?? {}) as object);
  // Elsewhere than here it is refused, as the text says.
  const { secretEnv: _, ...here } = component as Part;
  return { [id]: { ...here, ...settings } };
}

function keysOf(block: Part, key: string): readonly string[] {
  return Object.keys((block[key] ?? {}) as object);
}

function valueOf(name: string): string {
  if (name.endsWith('REDIS_URL')) return 'redis://:secret@queue.example:6379/0';
  return name.endsWith('DATABASE_URL')
    ? 'postgres://backstop:secret@db.example/shop'
    : 'a-secret-of-the-test';
}

test('every system with an API passes the shared contract', () => {
  const tests = new URL('.', import.meta.url);
  const texts = readdirSync(tests)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, tests), 'utf8'));
  const contracts = texts.filter((text) => /^\s*integrationContract\(/m.test(text)).join('\n');
  for (const [kind, { connection }] of Object.entries(KINDS)) {
    if (connection === undefined) continue;
    const folder = READMES.find(({ text }) => text.includes(`kind: ${kind}`))?.name ?? kind;
    const made = texts.filter((text) => text.includes(`src/integrations/${folder}/index.ts`));
    const called = made.some((text) => {
      if (/^\s*integrationContract\(/m.test(text)) return true;
      const openers = [...text.matchAll(/export async function (\w+)/g)].map(([, name]) => name);
      return openers.some((name) => name !== undefined && contracts.includes(name));
    });
    expect(called, `${kind} has no test that calls integrationContract`).toBe(true);
  }
});

test('probes are named in the guide', () => {
  for (const kind of Object.keys(probeKinds)) expect(GUIDE).toContain(`\`${kind}\``);
});
