/** Looks for the secrets of the configuration everywhere that Backstop writes to. */

import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Bot } from './a-bot.ts';

/** Every place with a secret in it, each as `SECRET in place`; also one that was encoded on the way. */
export function leaksOf(bot: Bot): readonly string[] {
  const places = Object.entries(sinksOf(bot));
  return Object.entries(secretsOf(bot)).flatMap(([name, secret]) => {
    const forms = new Set([
      secret,
      encodeURIComponent(secret),
      btoa(secret),
      JSON.stringify(secret),
    ]);
    return places.flatMap(([place, text]) =>
      [...forms].some((form) => text.includes(form)) ? [`${name} in ${place}`] : [],
    );
  });
}

/** What the configuration refers to, by name. Nobody has told Backstop about the rest. */
export function secretsOf({ stage: { config, env } }: Bot): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => config.includes(name)));
}

function sinksOf({ journalFile, logged, fatal, stage }: Bot): Readonly<Record<string, string>> {
  const { calls, state } = stage.workspace;
  const files = [journalFile, `${journalFile}-wal`].filter((file) => existsSync(file));
  return {
    'the journal': files.map((file) => readFileSync(file, 'latin1')).join('\n'),
    'the log': [...logged, ...fatal.map((error) => inspect(error, { depth: 8 }))].join('\n'),
    'what was asked of Slack': JSON.stringify(calls.map(({ method, args }) => [method, args])),
    'files in Slack': [...state.files.values()]
      .map(({ content }) => content?.toString())
      .join('\n'),
  };
}
