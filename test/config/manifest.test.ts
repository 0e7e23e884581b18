import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SHORTCUT } from '../../src/commands/shortcuts.ts';
import { readManifest } from '../../src/sandbox/workspace/manifest.ts';
import {
  EVENT_SCOPES,
  METHOD_SCOPES,
  scopesFor,
  scopesOf,
} from '../../src/sandbox/workspace/scopes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const source: unknown = parse(readFileSync(join(ROOT, 'manifest.yml'), 'utf8'));
const manifest = readManifest(source);
const calls = methodsCalled();

/** All of the bot, as text. */
function sourceText(): string {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');
}

/** Every method of Slack's Web API that the bot's source calls, on whatever it names its clients. */
function methodsCalled(): readonly string[] {
  const code = sourceText();
  const families = [...new Set(Object.keys(METHOD_SCOPES).map((name) => name.split('.')[0]))];
  const call = new RegExp(
    `\\b(?:client|lookups|uploads|web)\\s*\\.\\s*((?:${families.join('|')})(?:\\s*\\.\\s*\\w+)+)\\s*\\(`,
    'g',
  );
  const found = [...code.matchAll(call)].map(([, name = '']) => name.replaceAll(/\s/g, ''));
  // One function of the SDK stands for two methods.
  const uploads = code.includes('filesUploadV2(')
    ? ['files.getUploadURLExternal', 'files.completeUploadExternal']
    : [];
  return [...new Set([...found, ...uploads])];
}

describe('manifest.yml', () => {
  it('is about code that calls Slack', () => {
    expect(calls).toContain('chat.postMessage');
    expect(calls.filter((method) => !(method in METHOD_SCOPES))).toEqual([]);
  });

  it.each(calls)('grants %s in public and private channels', (method) => {
    for (const kind of ['public', 'private'] as const) {
      const anyOf = scopesFor(method, kind);

      expect(
        anyOf.length === 0 || anyOf.some((scope) => manifest.scopes.has(scope)),
        anyOf.join(),
      ).toBe(true);
    }
  });

  it.each([...manifest.scopes])('asks for %s because something uses it', (scope) => {
    const uses =
      scope === 'commands'
        ? manifest.commands.length
        : calls.filter((method) => scopesOf(method).includes(scope)).length +
          [...manifest.events].filter((event) => EVENT_SCOPES[event]?.includes(scope)).length;

    expect(uses).toBeGreaterThan(0);
  });

  it('subscribes to the events that the code listens for, and to no others', () => {
    const heard = [...sourceText().matchAll(/\.event\('(\w+)'/g)].map(([, name = '']) => name);

    // Slack's `message` comes as one event for each kind of channel.
    const subscribed = [...manifest.events].map((name) => name.split('.')[0] ?? '');
    expect([...new Set(subscribed)].sort()).toEqual([...new Set(heard)].sort());
  });

  it('offers the shortcuts that the code listens for, and the home tab', () => {
    expect(manifest.shortcuts.map(({ callbackId }) => callbackId).sort()).toEqual(
      Object.values(SHORTCUT).sort(),
    );
    expect(manifest.homeTab).toBe(true);
  });

  it('has the commands that the code listens for, and interactivity', () => {
    expect(manifest.commands.map(({ command }) => command)).toEqual([
      '/incident',
      '/rollback',
      '/release',
      '/postmortem',
    ]);
    expect(manifest.interactive).toBe(true);
  });

  it('speaks Socket Mode, within one workspace', () => {
    expect(source).toMatchObject({
      display_information: { name: 'Backstop' },
      settings: { socket_mode_enabled: true, org_deploy_enabled: false },
    });
    expect(source).not.toHaveProperty('oauth_config.scopes.user');
  });
});
