/** Reads what a page sends; whatever has not exactly the form of an act or a deed is none. */

import { asList, asObject, asText, type Json } from '../workspace/json.ts';
import type { Act, ControlPlace, Deed, Pace } from './protocol.ts';

const PACES: readonly string[] = ['slow', 'normal', 'fast', 'step'] satisfies readonly Pace[];

/** The act, or undefined when it is none. */
export function readAct(source: unknown): Act | undefined {
  const body = asObject(source) ?? {};
  const field = (key: string): string | undefined => asText(body[key]);
  const [channel, text, view] = [field('channel'), field('text'), field('view')];
  const [ts, callbackId] = [field('ts'), field('callbackId')];
  const at = readPlace(body['at']);
  switch (body['act']) {
    case 'say':
      if (channel === undefined || text === undefined) return undefined;
      return { act: 'say', channel, text, ...optional('thread', field('thread')) };
    case 'command':
      if (channel === undefined || text === undefined) return undefined;
      return { act: 'command', channel, text };
    case 'press':
      return at && { act: 'press', at, ...optional('option', field('option')) };
    case 'choose':
      return at && { act: 'choose', at, option: field('option') ?? null };
    case 'tick': {
      const options = asList(body['options']).flatMap((value) => asText(value) ?? []);
      return at && { act: 'tick', at, options };
    }
    case 'type':
      return at && text !== undefined ? { act: 'type', at, text } : undefined;
    case 'submit':
      return view === undefined ? undefined : { act: 'submit', view };
    case 'close':
      return view === undefined
        ? undefined
        : { act: 'close', view, ...(body['all'] === true ? { all: true } : {}) };
    case 'open-home':
      return { act: 'open-home' };
    case 'shortcut':
      return callbackId === undefined ? undefined : { act: 'shortcut', callbackId };
    case 'message-shortcut':
      if (callbackId === undefined || channel === undefined || ts === undefined) return undefined;
      return { act: 'message-shortcut', callbackId, channel, ts };
    case 'pin':
      return channel === undefined || ts === undefined ? undefined : { act: 'pin', channel, ts };
    case 'react': {
      const emoji = field('emoji');
      if (channel === undefined || ts === undefined || emoji === undefined) return undefined;
      return { act: 'react', channel, ts, emoji };
    }
    case 'join':
      return channel === undefined ? undefined : { act: 'join', channel };
    case 'read':
      return channel === undefined || ts === undefined ? undefined : { act: 'read', channel, ts };
    default:
      return undefined;
  }
}

/** The deed, or undefined when it is none. */
export function readDeed(source: unknown): Deed | undefined {
  const body = asObject(source) ?? {};
  switch (body['deed']) {
    case 'ship-bad-release':
    case 'stop-bot':
    case 'start-bot':
    case 'buy':
    case 'start-export-job':
    case 'next-step':
      return { deed: body['deed'] };
    case 'start-over':
      return {
        deed: 'start-over',
        around: body['around'] === 'everything' ? 'everything' : 'shop',
      };
    case 'cut-slack':
    case 'slow-azure':
    case 'fail-next-swap':
      return { deed: body['deed'], on: body['on'] === true };
    case 'play': {
      const [story, pace] = [asText(body['story']), readPace(body)];
      return story === undefined || !pace ? undefined : { deed: 'play', story, pace };
    }
    case 'pace': {
      const pace = readPace(body);
      return pace && { deed: 'pace', pace };
    }
    default:
      return undefined;
  }
}

function readPlace(source: unknown): ControlPlace | undefined {
  const body = asObject(source);
  const [block, action] = [asText(body?.['block']), asText(body?.['action'])];
  if (!body || block === undefined || action === undefined) return undefined;
  const place = (key: 'channel' | 'ts' | 'view') => optional(key, asText(body[key]));
  return { ...place('channel'), ...place('ts'), ...place('view'), block, action };
}

function readPace(body: Json): Pace | undefined {
  const pace = asText(body['pace']) ?? '';
  return PACES.includes(pace) ? (pace as Pace) : undefined;
}

function optional<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
