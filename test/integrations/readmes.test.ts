/** What the READMEs of the integrations show can be put into `backstop.yaml` as it stands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  announceKinds,
  componentKinds,
  connectionSchemas,
  probeKinds,
} from '../../src/integrations/index.ts';

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

describe.each(READMES)('the README of $name', ({ text }) => {
  const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, block = '']) => parse(block) as Record<string, Record<string, unknown>>,
  );
  const parts = blocks.flatMap((block) => Object.entries(block));
  const components = parts
    .filter(([key]) => key === 'components')
    .flatMap(([, all]) => Object.values(all) as { kind: string }[]);

  test('shows components as they may stand in backstop.yaml', () => {
    for (const { kind, ...settings } of components) {
      expect(Object.keys(KINDS)).toContain(kind);
      const parsed = KINDS[kind]?.settings.safeParse(settings);
      expect(parsed?.error?.issues ?? []).toEqual([]);
    }
  });

  test('shows connections by the keys of the top level', () => {
    for (const [key, value] of parts) {
      if (key in connectionSchemas) {
        expect(connectionSchemas[key]?.safeParse(value).error?.issues ?? []).toEqual([]);
      }
    }
    expect(parts.map(([key]) => key).filter((key) => key === 'connections')).toEqual([]);
  });
});

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
