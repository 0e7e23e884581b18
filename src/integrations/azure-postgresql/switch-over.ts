/** Points the app at another server: by a command of the team's own where `switchOver` names one, else by hand. */

import type { Component } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import type { Json, Operation } from '../../operation.ts';
import type { Arm } from './client.ts';
import { SWITCH_OVER, switchInput } from './input.ts';
import type { AzurePostgresqlSettings } from './schema.ts';

type Configured = Exclude<AzurePostgresqlSettings['switchOver'], string | undefined>;
type Find = (id: string) => Component | undefined;

/** How long people usually take to change a setting and restart what reads it. */
const BY_HAND_MS = 10 * 60_000;

/** @param find another component of the environment, by its id. */
export function createSwitchOver(arm: Arm, find: Find): Operation {
  const { switchOver } = arm.settings;
  return typeof switchOver === 'object' ? carriedOut(switchOver, find) : byHand(switchOver);
}

/** What `switchOver` names. @throws Refusal where the environment has no such operation. */
export function configuredOperation({ component, operation }: Configured, find: Find): Operation {
  const found = find(component)?.operations[operation];
  if (found) return found;
  throw new Refusal(
    'not-possible',
    `\`switchOver\` names ${component} ${operation}, which this environment does not have.`,
    'switchOver',
  );
}

/** That operation, told the server as its one parameter; it is taken back by the same one with the server of before. */
function carriedOut(configured: Configured, find: Find): Operation {
  const found = () => configuredOperation(configured, find);
  const told = (input: Json): Json => ({ server: switchInput(input).to });
  return {
    get effect() {
      return found().effect;
    },
    get guarantee() {
      return found().guarantee;
    },
    get quietMs() {
      return found().quietMs;
    },
    get limitMs() {
      return found().limitMs;
    },
    get usualMs() {
      return found().usualMs;
    },
    get pollMs() {
      return found().pollMs;
    },
    // The data on the new server is looked at before.
    asksAgain: true,
    title: (input) => `Point the app at server ${switchInput(input).to}`,
    async describe(input, signal) {
      const { to, from } = switchInput(input);
      const rest = await found().describe(told(input), signal);
      return [{ what: 'the server that the app uses', from, to }, ...rest];
    },
    preflight: (input, signal) => found().preflight(told(input), signal),
    observe: (input, signal) => found().observe(told(input), signal),
    submit: (input, intent, signal) => found().submit(told(input), intent, signal),
    poll: (handle, signal) => found().poll(handle, signal),
    recover: (input, intent, handle, signal) =>
      found().recover(told(input), intent, handle, signal),
    undo(input) {
      const { to, from } = switchInput(input);
      return { operation: SWITCH_OVER, input: { to: from, from: to } };
    },
    manual: (input) => `${lookFirst(input)}\n${found().manual(told(input))}`,
  };
}

/** The run waits until a person says that it is done. */
function byHand(words: string | undefined): Operation {
  const nobodySends = (): never => {
    throw new Error('A step that is done by hand was sent.');
  };
  return {
    effect: 'set',
    guarantee: 'blind',
    byHand: true,
    quietMs: 0,
    limitMs: BY_HAND_MS,
    usualMs: BY_HAND_MS,
    pollMs: 1_000,
    title: (input) => `Point the app at server ${switchInput(input).to} by hand`,
    async describe(input, signal) {
      signal.throwIfAborted();
      const { to, from } = switchInput(input);
      return [{ what: 'the server that the app uses', from, to: `${to}, by a person` }];
    },
    async preflight(input, signal) {
      signal.throwIfAborted();
      switchInput(input);
      return [];
    },
    async observe(input, signal) {
      signal.throwIfAborted();
      const { to, from } = switchInput(input);
      const note = 'nobody but a person can tell which server the app uses';
      return { fingerprint: `app on ${from}`, expected: `app on ${to}`, moving: false, note };
    },
    submit: nobodySends,
    poll: nobodySends,
    async recover(_input, _intent, _handle, signal) {
      signal.throwIfAborted();
      return { state: 'unknown', reason: 'Nobody but a person can tell which server it uses.' };
    },
    undo(input) {
      const { to, from } = switchInput(input);
      return { operation: SWITCH_OVER, input: { to: from, from: to } };
    },
    manual(input) {
      const { to, from } = switchInput(input);
      return [
        lookFirst(input),
        `2. Stop what writes to ${from}.`,
        `3. ${words ?? `Point the app's connection string at ${to}.postgres.database.azure.com, and restart it`}.`,
        `To take it back, point the app at ${from} again. Keep both servers until everybody agrees.`,
      ].join('\n');
    },
  };
}

function lookFirst(input: Json): string {
  const { to, from } = switchInput(input);
  return `1. Look at ${to}: row counts, the newest rows, what was wrong before; its firewall rules, high availability and parameters must be as those of ${from}, which a restore does not carry.`;
}
