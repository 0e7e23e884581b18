import type { Recorded } from '../../events.ts';
import { mapped } from '../../lazily.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import { aPlace, around, isEmpty } from './parts.ts';
import { POSTMORTEM_SCHEMA } from './schema.ts';

/** The record itself, which an import reads back. */
export interface Origin {
  readonly events: Iterable<Recorded>;
  /** What people were called, by their id. */
  readonly names: Readonly<Record<string, string>>;
}

/** The post-mortem as JSON text, in the form that `docs/postmortem.schema.json` describes. */
export function writeJson(postmortem: ToldPostmortem, origin?: Origin): string {
  return [...jsonParts(postmortem, origin)].join('');
}

/** The same text in parts. */
export function* jsonParts(postmortem: ToldPostmortem, origin?: Origin): Iterable<string> {
  const [timeline, events] = [aPlace(), aPlace()];
  const head = { schema: POSTMORTEM_SCHEMA, ...postmortem, timeline };
  const text = origin ? { ...head, events, names: origin.names } : head;
  for (const part of around(inJson(text), `"${timeline}"`, listed(postmortem.timeline))) {
    if (origin && part.includes(events)) {
      yield* around(part, `"${events}"`, listed(mapped(origin.events, rawEvent)));
    } else yield part;
  }
}

function inJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** An array of the document's top level, indented as `JSON.stringify` does. */
function* listed(values: Iterable<unknown>): Iterable<string> {
  if (isEmpty(values)) return yield '[]';
  let before = '[';
  for (const value of values) {
    yield `${before}\n    ${JSON.stringify(value, null, 2).replaceAll('\n', '\n    ')}`;
    before = ',';
  }
  yield '\n  ]';
}

function rawEvent({ seq, version, at, type, actor, data }: Recorded) {
  return { seq, version, at, type, actor, data: { ...data } };
}
