/** What a person who sees all this for the first time might do next. */

import type { Setting, World } from '../browser/protocol.ts';
import { asObjects, asText, type Json } from '../workspace/json.ts';
import type { Message } from '../workspace/model.ts';
import { isGood } from './chart.tsx';
import { wordsOf } from './mrkdwn.tsx';
import type { Channel, PageState } from './state.ts';

export interface Hint {
  readonly words: string;
  /** What the button beside it does. */
  readonly offer?: {
    readonly label: string;
    readonly does:
      | { readonly kind: 'declare'; readonly channel: string }
      | { readonly kind: 'open'; readonly channel: string }
      | { readonly kind: 'become'; readonly person: string }
      | Sight;
  };
}

/** Something to be brought into sight: a message, or a button of it. */
interface Sight {
  readonly kind: 'show';
  readonly ts: string;
  readonly label?: string;
}

/** A channel of an incident, as Backstop names them. */
const INCIDENT = /^inc-\d+/;

const ALL_OF_IT =
  'That is all of it. Now make trouble: ship a bad release and kill the bot in its swap.';

/** The next thing to do, judged by what the person sees; undefined when there is none. */
export function hintFor(state: PageState, open: string | undefined): Hint | undefined {
  const { setting, world } = state;
  if (!setting || !world || world.story || world.bot !== 'running') return undefined;
  const channels = [...state.channels.values()].filter(({ info }) => INCIDENT.test(info.name));
  const incident = channels.sort((a, b) => (a.info.name < b.info.name ? 1 : -1))[0];
  if (!incident) return toDeclare(state, world);
  // With the post-mortem in it, it is over; the shop may break again.
  if (incident.messages.some(({ files }) => files !== undefined)) {
    return toDeclare(state, world) ?? { words: ALL_OF_IT };
  }
  const { id, name } = incident.info;
  if (id !== open) {
    const does = { kind: 'open', channel: id } as const;
    return {
      words: `The incident has its own channel, #${name}.`,
      offer: { label: 'Go there', does },
    };
  }
  return inChannel(incident, setting, world);
}

function toDeclare({ channels }: PageState, { samples, slots }: World): Hint | undefined {
  const last = samples.at(-1);
  const incidents = [...channels.values()].find(({ info }) => info.name === 'incidents');
  if (!last || isGood(last) || !incidents) return undefined;
  const live = slots.find(({ slot }) => slot === 'production')?.version ?? 'the last release';
  const does = { kind: 'declare', channel: incidents.info.id } as const;
  return {
    words: `Customers cannot pay since release ${live}. Tell everybody: type /incident in #incidents.`,
    offer: { label: 'Declare an incident', does },
  };
}

interface Labelled {
  readonly label: string;
  readonly style: string;
  /** Of the message that it stands in. */
  readonly ts: string;
}

const QUESTION = /\(\d of \d\)/;

function inChannel(incident: Channel, setting: Setting, world: World): Hint | undefined {
  const buttons = incident.messages.flatMap(buttonsOf);
  const newest = (label: string): Labelled | undefined =>
    buttons.findLast((button) => button.label === label);
  const approve = newest('Approve');
  if (approve) {
    const plan = incident.messages.find(({ ts }) => ts === approve.ts);
    return toApprove(approve, plan ? textOf(plan) : '', setting);
  }
  const request = newest('Request approval');
  if (request) return toPress(request);
  const last = world.samples.at(-1);
  const isBroken = last !== undefined && !isGood(last);
  const asked = incident.messages.findLast((message) => QUESTION.test(textOf(message)));
  if (asked && isBroken) {
    const offer = { label: 'Show me', does: { kind: 'show', ts: asked.ts } } as const;
    return { words: 'Answer the question on the card: press what is true.', offer };
  }
  const command = newest('Take command');
  if (command && isBroken) return toLead(command, setting);
  const resolve = newest('Resolve…');
  const isRecovered = incident.messages.some((message) => /has recovered/.test(textOf(message)));
  if (resolve && isRecovered && !isBroken) {
    const words = 'Customers can pay again. When you are sure, press “Resolve…”.';
    return { words, ...shown(resolve) };
  }
  const next = buttons.findLast(({ style }) => style === 'primary');
  if (next) return toPress(next);
  return isBroken ? { words: 'Watch the shop: the chart shows when it recovers.' } : undefined;
}

function toPress(button: Labelled): Hint {
  return { words: `Next: press “${button.label}”.`, ...shown(button) };
}

function shown({ ts, label }: Labelled): Pick<Hint, 'offer'> {
  return { offer: { label: 'Show me', does: { kind: 'show', ts, label } } };
}

function toApprove(approve: Labelled, plan: string, { people, groups, me }: Setting): Hint {
  const asked = people.find(({ realName }) => plan.includes(`asked for by ${realName}`))?.id;
  const leads = groups.find(({ handle }) => handle === 'release-leads')?.members ?? [];
  const mayApprove = leads.filter((id) => id !== asked);
  if (mayApprove.includes(me)) {
    return {
      words: 'Read the plan. If it is right, press “Approve”: then it runs.',
      ...shown(approve),
    };
  }
  return become('Nobody approves their own plan. A release lead does.', mayApprove, people);
}

/** The questions may be answered by anybody, and the lead is only needed to decide. */
function toLead(command: Labelled, { people, me }: Setting): Hint {
  const leads = people.filter(({ name }) => name === 'ben').map(({ id }) => id);
  if (leads.includes(me)) {
    return { words: 'Press “Take command”: you decide what happens.', ...shown(command) };
  }
  return become('Somebody has to decide. Ben leads incidents.', leads, people);
}

function become(words: string, ids: readonly string[], people: Setting['people']): Hint {
  const person = people.find(({ id }) => ids.includes(id));
  if (!person) return { words };
  const does = { kind: 'become', person: person.name } as const;
  return { words, offer: { label: `Be ${person.realName}`, does } };
}

function buttonsOf({ ts, blocks = [] }: Message): readonly Labelled[] {
  return blocks
    .flatMap((block) => asObjects(block['elements']))
    .filter((element: Json) => element['type'] === 'button')
    .map((element) => ({
      label: wordsOf(element['text']),
      style: asText(element['style']) ?? '',
      ts,
    }));
}

function textOf({ blocks = [] }: Message): string {
  return JSON.stringify(blocks);
}
