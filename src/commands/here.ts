/** What the words after `/incident` share. */

import { Refusal } from '../errors.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { type Desk, decideFor, incidentOfChannel, type Request } from './desk.ts';
import type { Outcome, Typed } from './on-command.ts';

/** What one word after `/incident` does; `words` are those that follow it, as Slack sent them. */
type Subcommand = (desk: Desk, request: Request, typed: Typed, words: string) => Promise<Outcome>;

export type Subcommands = Readonly<Record<string, Subcommand>>;

/** The incident of the channel the person is in. @throws Refusal when it is none's. */
export function here(desk: Desk, { channel }: Typed): Incident {
  const incident = incidentOfChannel(desk, channel);
  if (!incident) {
    throw new Refusal(
      'not-found',
      'This channel belongs to no incident. Use it in the incident’s channel; `/incident list` shows them, and `/incident declare <title>` declares one.',
    );
  }
  return incident;
}

/** Decides and answers with the words; without words the channel shows what came of it. */
export async function decide(
  desk: Desk,
  request: Request,
  incident: Incident,
  flow: Flow,
  words?: string,
): Promise<Outcome> {
  await decideFor(desk, request, incident.id, flow);
  return words === undefined ? {} : { reply: { text: words, blocks: [] } };
}

/** The first word, and what follows it. */
export function firstWord(words: string): readonly [word: string, rest: string] {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(words.trim()) ?? [];
  return [word, rest];
}

/** The zone of the person who asks, for the times that they type; that of the configuration where Slack cannot say. */
export async function zoneOf(desk: Desk, { actor }: Request): Promise<string> {
  return (await desk.directory.zone(actor.id)) ?? desk.zone;
}
