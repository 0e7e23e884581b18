/** The manifest asks for what the code uses, and for nothing else. */

import { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  EVENT_SCOPES,
  METHOD_SCOPES,
  scopesFor,
  scopesOf,
} from '../../src/sandbox/workspace/scopes.ts';
import { MANIFEST } from '../support/a-bot.ts';
import { modulesOfSource } from '../support/source.ts';

interface Manifest {
  readonly features: { readonly slash_commands: readonly { readonly command: string }[] };
  readonly oauth_config: { readonly scopes: Readonly<Record<string, readonly string[]>> };
  readonly settings: {
    readonly event_subscriptions?: { readonly bot_events?: readonly string[] };
  };
}

const manifest = parse(MANIFEST) as Manifest;
const asked = manifest.oauth_config.scopes['bot'] ?? [];
const source = modulesOfSource().filter(({ file }) => !file.startsWith('sandbox/'));
const called = calledMethods();
const events = manifest.settings.event_subscriptions?.bot_events ?? [];
const listened = eventsListenedFor();

describe('the manifest', () => {
  it.each(called)('has a scope for %s, which the code calls', (method) => {
    expect(METHOD_SCOPES).toHaveProperty([method]);
    // Incidents live in public channels, and so does their announcement.
    const enough = scopesFor(method, 'public');
    expect(enough.length === 0 || enough.some((scope) => asked.includes(scope))).toBe(true);
  });

  it.each(asked)('asks for %s, which something needs', (scope) => {
    const uses = [
      ...called.filter((method) => scopesOf(method).includes(scope)),
      ...events.filter((event) => EVENT_SCOPES[event]?.includes(scope)),
      ...(scope === 'commands' ? commandsOf() : []),
    ];
    expect(uses).not.toEqual([]);
  });

  it('acts as a bot only', () => {
    expect(Object.keys(manifest.oauth_config.scopes)).toEqual(['bot']);
  });

  it('subscribes to the events that are listened for, with their scopes', () => {
    const subscribed = new Set(events.map((event) => event.split('.')[0]));
    expect([...subscribed].toSorted(byName)).toEqual([...listened].toSorted(byName));
    const short = events.filter((event) => {
      const enough = EVENT_SCOPES[event] ?? [];
      return enough.length > 0 && !enough.some((scope) => asked.includes(scope));
    });
    expect(short).toEqual([]);
  });

  it('has the commands that are listened for', () => {
    const offered = manifest.features.slash_commands.map(({ command }) => command);
    expect([...offered].sort()).toEqual([...commandsOf()].sort());
  });
});

describe('the search for calls', () => {
  it('knows the methods of Slack’s client, and finds those that the bot cannot do without', () => {
    expect(allMethods().length).toBeGreaterThan(150);
    const needed = [
      'chat.postMessage',
      'conversations.create',
      'views.open',
      'files.completeUploadExternal',
    ];
    expect(called).toEqual(expect.arrayContaining(needed));
  });

  it('cannot be got round: no method is called by its name as text', () => {
    expect(source.filter(({ text }) => /\.apiCall\(/.test(text)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});

function calledMethods(): readonly string[] {
  const byLength = [...allMethods()].sort((one, other) => other.length - one.length);
  const chains = source.flatMap(({ text }) =>
    [...text.matchAll(/((?:\.\s*\w+\s*)+)\(/g)].map(([, chain = '']) =>
      chain.replaceAll(/\s/g, ''),
    ),
  );
  const direct = chains.flatMap(
    (chain) => byLength.find((name) => chain.endsWith(`.${name}`)) ?? [],
  );
  // One call of Slack's client that makes two of the Web API.
  const uploads = chains.some((chain) => chain.endsWith('.filesUploadV2'));
  const upload = ['files.getUploadURLExternal', 'files.completeUploadExternal'];
  return [...new Set([...direct, ...(uploads ? upload : [])])].sort();
}

/** Every Web API method that Slack's client has a function for. */
function allMethods(): readonly string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'function' && path.includes('.')) found.push(path);
    if (typeof value !== 'object' || value === null || depth > 4) return;
    for (const [name, inner] of Object.entries(value)) {
      walk(inner, path === '' ? name : `${path}.${name}`, depth + 1);
    }
  };
  const own = Object.entries(new WebClient()).filter(([name]) => /^[a-z]+$/i.test(name));
  for (const [name, value] of own) {
    if (!['logger', 'axios', 'requestQueue', 'retryConfig', 'tlsConfig'].includes(name))
      walk(value, name, 0);
  }
  return found;
}

function eventsListenedFor(): ReadonlySet<string> {
  const names = source.flatMap(({ text }) =>
    [...text.matchAll(/\bapp\.event\(\s*'(\w+)'/g)].map(([, name]) => name ?? ''),
  );
  const messages = source.some(({ text }) => /\bapp\.message\(/.test(text)) ? ['message'] : [];
  return new Set([...names, ...messages]);
}

function commandsOf(): readonly string[] {
  return source.flatMap(({ text }) =>
    [...text.matchAll(/\bonCommand\(\s*desk,\s*'(\/\w+)'/g)].map(([, name]) => name ?? ''),
  );
}

function byName(a = '', b = ''): number {
  return a < b ? -1 : 1;
}
