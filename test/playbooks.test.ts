import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  loadPlaybooks,
  parsePlaybook,
  readPlaybooks,
  SHIPPED_PLAYBOOKS,
} from '../src/config/playbooks.ts';
import { ConfigError } from '../src/errors.ts';
import { playbookJsonSchema } from '../src/playbook.ts';
import { PLAYBOOK_RULES } from '../src/playbook-rules.ts';

const SCHEMA = resolve(import.meta.dirname, '../playbook.schema.json');
const FILES = readdirSync(SHIPPED_PLAYBOOKS).sort();
const shipped = loadPlaybooks(SHIPPED_PLAYBOOKS, undefined);
const validate = new Ajv({ strict: true, strictTypes: false }).compile(playbookJsonSchema());

const TINY = `name: tiny
title: Tiny
about: A playbook for tests.
source: nobody
steps:
  - id: ask
    kind: question
    title: Go on?
    options:
      - { id: 'yes', label: 'Yes' }
      - { id: 'no', label: 'No' }
  - id: by-ask
    kind: branch
    on: ask
    to: { 'no': end }
  - id: list
    kind: checklist
    title: Do it
    items:
      - { id: one, text: The one thing }
`;

describe('playbook.schema.json', () => {
  it('is what the schema gives; UPDATE_SCHEMA=1 npx vitest run test/playbooks writes it anew', () => {
    const fresh = JSON.stringify(playbookJsonSchema(), null, 2);
    if (process.env['UPDATE_SCHEMA']) writeFileSync(SCHEMA, `${fresh}\n`);

    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).toEqual(JSON.parse(fresh));
  });
});

describe('the playbooks that are shipped', () => {
  it('are those that the guides ask for', () => {
    expect([...shipped.keys()]).toEqual([
      'after-rollback',
      'api-breaks-client',
      'coordinated-release',
      'data-loss',
      'deployment-failure',
      'deployment-issues',
      'memory-leak',
      'migration-failed',
      'performance-degradation',
      'production-bug',
      'release-checklist',
      'security-breach',
    ]);
  });

  it.each(FILES)('%s names the schema of editors, and follows it', (file) => {
    const text = readFileSync(join(SHIPPED_PLAYBOOKS, file), 'utf8');

    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../playbook.schema.json');
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([...shipped.values()])('$name says where each step comes from', ({ source, steps }) => {
    const own = steps.flatMap((step) => ('source' in step ? (step.source ?? []) : []));

    for (const each of [source, ...own]) expect(each).toMatch(/^(guide 00[0-4], |decided: )/);
  });

  it.each(PLAYBOOK_RULES)('are what the rules give: $gives', ({ gives, source }) => {
    expect(shipped.has(gives)).toBe(true);
    expect(source).toMatch(/^guide 00[0-4], /);
  });
});

describe('a team’s own playbooks', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backstop-playbooks-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('stand beside the shipped ones, and take the place of those of their name', () => {
    writeFileSync(join(folder, 'tiny.yaml'), TINY);
    writeFileSync(join(folder, 'data-loss.yml'), TINY.replace('name: tiny', 'name: data-loss'));
    writeFileSync(join(folder, 'README.md'), 'Not a playbook.');

    const all = loadPlaybooks(SHIPPED_PLAYBOOKS, folder);

    expect(all.size).toBe(shipped.size + 1);
    expect(all.get('tiny')?.title).toBe('Tiny');
    expect(all.get('data-loss')?.title).toBe('Tiny');
  });

  it('are told about one by one when they cannot be used, and keep nothing else from being read', () => {
    writeFileSync(join(folder, 'tiny.yaml'), TINY);
    writeFileSync(join(folder, 'bad.yaml'), TINY);
    writeFileSync(join(folder, 'worse.yaml'), 'steps: [');

    const { playbooks, failures } = readPlaybooks(folder);

    expect(playbooks.map(({ name }) => name)).toEqual(['tiny']);
    expect(failures.map(({ error }) => error)).toEqual([
      expect.any(ConfigError),
      expect.any(ConfigError),
    ]);
    expect(failures[0]?.error.message).toMatch(/line 1: name should be the name of the file, bad/);
    expect(() => loadPlaybooks(SHIPPED_PLAYBOOKS, folder)).toThrow(/bad\.yaml cannot be used/);
  });

  it('have to be in a folder that is there', () => {
    const missing = join(folder, 'missing');
    expect(existsSync(missing)).toBe(false);
    expect(() => loadPlaybooks(SHIPPED_PLAYBOOKS, missing)).toThrow(/readable \*\.yaml files/);
  });

  it.each([
    ['an unknown kind', 'kind: checklist', 'kind: cheklist', /did you mean checklist/],
    ['an unknown key', 'about:', 'abuot:', /did you mean about/],
    [
      'a step that leads back',
      "'no': end",
      "'no': ask",
      /steps\[1\]\.to\.no should be the id of a later step/,
    ],
    ['a step that is not there', "'no': end", "'no': away", /the id of a later step, or end/],
    ['an answer that nobody can give', "'no': end", 'maybe: end', /an answer to “Go on\?”/],
    ['a branch on nothing', 'on: ask', 'on: list', /an earlier question/],
    ['an id twice', 'id: list', 'id: ask', /an id that no other step has/],
    [
      'an answer that is no response, where the answer decides on one',
      'title: Go on?',
      'title: Go on?\n    decides: response',
      /options\[0\]\.id should be one of rollback, quick-fix, mitigate, monitor/,
    ],
    ['an answer twice', "id: 'no', label", "id: 'yes', label", /ids that differ/],
    ['a name with a blank', 'name: tiny', 'name: my tiny', /lower-case letters/],
    ['too long a title', 'title: Do it', `title: ${'x'.repeat(81)}`, /at most 80 characters/],
  ])('are refused with %s, and the place is named', (_, good, bad, words) => {
    expect(() => parsePlaybook(TINY.replace(good, bad), 'tiny.yaml')).toThrow(words);
  });
});
