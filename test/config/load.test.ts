import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { changed, ENV, kinds, read, VALID } from './a-config.ts';

describe('a valid configuration', () => {
  it('has its defaults filled in', () => {
    const config = read(VALID);

    expect(config.slack).toEqual({
      mode: 'socket',
      apiUrl: 'https://slack.com/api/',
      botToken: 'xoxb-1111-bot',
      appToken: 'xapp-1-A1-app',
      host: '127.0.0.1',
      port: 3000,
    });
    expect(config.incidents).toEqual({
      channel: 'C0123456789',
      channelPrefix: 'inc',
      captureEmoji: 'pushpin',
      alerts: {},
      reminders: {
        updates: { sev1: 30 * 60_000, sev2: 60 * 60_000, sev3: 4 * 60 * 60_000 },
        commander: 5 * 60_000,
        roles: 15 * 60_000,
        snooze: 15 * 60_000,
      },
      quickFix: { limit: 900_000 },
      readiness: { daily: '09:00' },
      severities: {},
      statuses: {},
      zone: 'UTC',
    });
    expect(config.warnings).toEqual([]);
  });

  it('gives each service with its policies, in milliseconds', () => {
    const { checkout } = read(VALID).services;

    expect(checkout).toMatchObject({
      id: 'checkout',
      name: 'checkout',
      responders: ['U0000000ANA'],
      contacts: [],
    });
    expect(checkout?.environments['production']).toMatchObject({
      id: 'production',
      verification: { passes: 3, every: 10_000, limit: 300_000 },
      approval: {
        count: 1,
        from: ['U0000000BEN'],
        requesterMayApprove: false,
        validFor: 900_000,
        breakGlass: [],
      },
    });
    expect(checkout?.environments['production']?.monitor.windows).toEqual([
      { name: 'immediate checks', from: 0, until: 900_000, every: 60_000 },
      { name: 'short-term monitoring', from: 3_600_000, until: 14_400_000, every: 600_000 },
      { name: 'long-term validation', from: 86_400_000, until: 172_800_000, every: 3_600_000 },
    ]);
  });

  it('gives components and probes the settings of their kind, without the kind', () => {
    const production = read(VALID).services['checkout']?.environments['production'];

    expect(production?.components['web']).toMatchObject({
      kind: 'azure-app-service',
      settings: { resourceGroup: 'shop', app: 'shop-checkout', slot: 'staging' },
    });
    expect(production?.components['web']?.settings).not.toHaveProperty('kind');
    expect(production?.probes['health']).toMatchObject({
      kind: 'http',
      settings: { url: 'https://checkout.example.com/health', expectStatus: 200 },
    });
  });

  it('gives the connections that are in the file, and no others', () => {
    const { connections } = read(changed({ 'github:\n  token: env:GITHUB\n': '' }));

    expect(Object.keys(connections)).toEqual(['azure']);
    expect(connections['azure']).toMatchObject({
      endpoint: 'https://management.azure.com',
      auth: { kind: 'client-secret', clientSecret: ENV['AZURE'] },
    });
  });

  it('may speak to this machine without TLS, and ends the address of Slack in a slash', () => {
    const text = changed({ '  mode: socket': '  mode: socket\n  apiUrl: http://127.0.0.1:9/api' });

    expect(read(text).slack.apiUrl).toBe('http://127.0.0.1:9/api/');
  });

  it('may share blocks by anchor and alias', () => {
    const text = changed({
      '        approval:': '        approval: &policy',
      '          from: [U0000000BEN]\n':
        '          from: [U0000000BEN]\n      staging:\n        approval: *policy\n',
    });

    const environments = read(text).services['checkout']?.environments;

    expect(environments?.['staging']?.approval).toEqual(environments?.['production']?.approval);
  });
});

describe('a reference', () => {
  it('gives numbers where the schema takes numbers', () => {
    const text = changed({ '  mode: socket': '  mode: socket\n  port: env:PORT' });

    expect(read(text).slack.port).toBe(8080);
  });

  it('stays a text where the schema takes texts, also when it looks like a number', () => {
    const text = changed({ 'env:GITHUB': 'env:PORT' });

    expect(read(text).connections['github']).toMatchObject({ token: '8080' });
  });

  it('may choose the mode or kind that tells the other keys', () => {
    const text = changed({
      'mode: socket': 'mode: env:MODE',
      'appToken: env:APP': 'signingSecret: env:SIGNING',
    });

    const config = read(text, { ...ENV, MODE: 'http' });

    expect(config.slack).toMatchObject({ mode: 'http', signingSecret: ENV['SIGNING'] });
    expect(config.secrets).toContain(ENV['SIGNING']);
  });

  it('takes the text of a file without its last line end', () => {
    const text = changed({ 'env:GITHUB': 'file:secrets/github' });

    expect(read(text).connections['github']).toMatchObject({ token: 'github-secret-from-a-file' });
  });

  it('is not looked up twice', () => {
    const text = changed({ 'env:GITHUB': 'env:INDIRECT' });

    const config = read(text, { ...ENV, INDIRECT: 'env:AZURE' });

    expect(config.connections['github']).toMatchObject({ token: 'env:AZURE' });
  });
});

describe('secrets', () => {
  it('are listed, and nothing else is', () => {
    const secrets = ['BOT', 'APP', 'AZURE', 'GITHUB'].map((name) => ENV[name]);

    expect(new Set(read(VALID).secrets)).toEqual(new Set(secrets));
  });

  it('in plain text work, with a warning that does not show them', () => {
    const config = read(changed({ 'env:GITHUB': 'plain-github-token' }));

    expect(config.secrets).toContain('plain-github-token');
    expect(config.warnings).toEqual([
      'github.token (line 11) is a secret in plain text. Put it in the environment and write env:NAME here, or in a file of its own and write file:PATH.',
    ]);
  });
});

describe('loadConfig', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backstop-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads the file, and what it names relative to itself', () => {
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets', 'github'), 'from-the-file\n');
    writeFileSync(join(folder, 'backstop.yaml'), changed({ 'env:GITHUB': 'file:secrets/github' }));

    const config = loadConfig(join(folder, 'backstop.yaml'), kinds, ENV);

    expect(config.connections['github']).toMatchObject({ token: 'from-the-file' });
    expect(config.journal.file).toBe(join(folder, 'backstop.db'));
  });

  it('looks into the environment of the process when it is given no other', () => {
    const file = join(folder, 'backstop.yaml');
    writeFileSync(file, VALID);

    expect(() => loadConfig(file, kinds)).toThrow('found env:AZURE, which is not set');
  });

  it('says what to do when there is no file', () => {
    const file = join(folder, 'none.yaml');

    expect(() => loadConfig(file, kinds, ENV)).toThrow(
      `${file} cannot be used:\n  the file should be a readable configuration; copy backstop.example.yaml, or name another file with --config; found none that can be read (ENOENT)`,
    );
  });

  it('does not read a file that is too large', () => {
    const file = join(folder, 'large.yaml');
    writeFileSync(file, '#'.repeat(1_000_001));

    expect(() => loadConfig(file, kinds, ENV)).toThrow(
      'at most 1000000 bytes; found 1000001 bytes',
    );
  });
});
