import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { parseConfig } from '../../src/config/load.ts';
import { changed, kinds, VALID } from './a-config.ts';

const SCHEMA = new URL('../../backstop.schema.json', import.meta.url);
const EXAMPLE = new URL('../../backstop.example.yaml', import.meta.url);

const EXAMPLE_ENV: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'xoxb-1-example',
  SLACK_APP_TOKEN: 'xapp-1-example',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  AZURE_TENANT_ID: 'tenant',
  AZURE_CLIENT_ID: 'client',
  AZURE_CLIENT_SECRET: 'azure-secret',
  GITHUB_TOKEN: 'github-secret',
  STATUSPAGE_API_KEY: 'statuspage-secret',
  ALERTS_PROMETHEUS: 'alertmanager-secret',
  CONTENTFUL_TOKEN: 'contentful-secret',
  GHCR_TOKEN: 'registry-secret',
  MAILER_DATABASE_URL: 'mailer-secret',
  JOBS_TOKEN: 'jobs-secret',
  LAUNCHDARKLY_TOKEN: 'launchdarkly-secret',
  UNLEASH_TOKEN: 'unleash-secret',
  VERCEL_TOKEN: 'vercel-secret',
  HEROKU_TOKEN: 'heroku-secret',
  FLAGS_TOKEN: 'flags-secret',
  JOBS_DATABASE_URL: 'postgres://jobs-secret',
  MONGO_READER_PASSWORD: 'mongo-reader-secret',
  MONGO_RESTORER_PASSWORD: 'mongo-restorer-secret',
  MYSQL_READER_PASSWORD: 'mysql-reader-secret',
  MYSQL_RESTORER_PASSWORD: 'mysql-restorer-secret',
};

// Formats are for editors; the patterns beside them are checked.
const validate = new Ajv({ strict: true, strictTypes: false, validateFormats: false }).compile(
  configJsonSchema(kinds),
);

describe('backstop.schema.json', () => {
  it('is what the schemas give; UPDATE_SCHEMA=1 npx vitest run test/config writes it anew', () => {
    const fresh = JSON.stringify(configJsonSchema(kinds), null, 2);
    if (process.env['UPDATE_SCHEMA']) writeFileSync(SCHEMA, `${fresh}\n`);

    const kept: unknown = JSON.parse(readFileSync(SCHEMA, 'utf8'));

    // The formatter may lay it out in another way.
    expect(kept).toEqual(JSON.parse(fresh));
  });

  it.each([
    ['as it is', VALID],
    [
      'with a port from the environment',
      changed({ '  mode: socket': '  mode: socket\n  port: env:PORT' }),
    ],
    ['with a secret in plain text', changed({ 'env:GITHUB': 'plain-github-token' })],
    ['with a channel from a file', changed({ C0123456789: 'file:channel' })],
  ])('takes a valid file %s', (_, text) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['an unknown key', changed({ 'incidents:': 'incidents:\n  comanders: []' })],
    ['a missing token', changed({ '  appToken: env:APP\n': '' })],
    ["a channel's name", changed({ C0123456789: 'incidents' })],
    ['an unknown kind', changed({ 'kind: http,': 'kind: ping,' })],
    ['a service id that is a reference', changed({ '  checkout:': '  "env:PORT":' })],
    ['a port that is too high', changed({ '  mode: socket': '  mode: socket\n  port: 70000' })],
  ])('refuses %s', (_, text) => {
    expect(validate(parse(text))).toBe(false);
  });
});

describe('backstop.example.yaml', () => {
  const example = readFileSync(EXAMPLE, 'utf8');
  // Behind the # of a setting stands no space, or the two and more of an indentation.
  const uncommented = example.replace(/^( *)#(?=\S| {2})/gm, '$1');

  it('names its schema first, for editors', () => {
    expect(example.split('\n')[0]).toBe('# yaml-language-server: $schema=./backstop.schema.json');
  });

  it('is valid, without a warning', () => {
    const config = read(example);

    expect(Object.keys(config.services)).toEqual(['checkout']);
    expect(config.warnings).toEqual([]);
    expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('is valid with everything that is commented out', () => {
    const config = read(uncommented);

    expect(config.incidents.commanders).toEqual(['S0123COMMAND']);
    expect(config.slack.signingSecret).toBe(EXAMPLE_ENV['SLACK_SIGNING_SECRET']);
    expect(validate(parse(uncommented)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('says the defaults', () => {
    const { incidents, journal, slack, services } = read(example);
    const all = read(uncommented);

    expect({ ...all.slack, signingSecret: undefined }).toEqual({
      ...slack,
      signingSecret: undefined,
    });
    expect(all.journal).toEqual(journal);
    expect(all.incidents).toEqual({
      ...incidents,
      commanders: ['S0123COMMAND'],
      alerts: all.incidents.alerts,
      severities: all.incidents.severities,
      statuses: all.incidents.statuses,
    });
    const [now, then] = [services, all.services].map(
      (each) => each['checkout']?.environments['production'],
    );
    expect(then?.verification).toEqual(now?.verification);
    expect(then?.monitor).toEqual(now?.monitor);
    expect(then?.approval).toEqual(now?.approval);
    expect(then?.components).toMatchObject(now?.components ?? {});
  });

  it('reads its secrets from the environment', () => {
    expect(new Set(read(example).secrets)).toEqual(
      new Set(['xoxb-1-example', 'xapp-1-example', 'azure-secret', 'github-secret']),
    );
  });

  function read(text: string) {
    const readFile = (path: string): string => {
      throw new Error(`The example reads ${path}.`);
    };
    return parseConfig(text, { file: 'backstop.example.yaml', env: EXAMPLE_ENV, readFile, kinds });
  }
});
