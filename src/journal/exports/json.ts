import type { Recorded } from '../../events.ts';
import type { Postmortem } from '../../postmortem/postmortem.ts';
import { POSTMORTEM_SCHEMA, type PostmortemExport } from './schema.ts';

/** The record itself, which an import reads back. */
export interface Origin {
  readonly events: readonly Recorded[];
  /** What people were called, by their id. */
  readonly names: Readonly<Record<string, string>>;
}

/** The post-mortem as JSON text, in the form that `docs/postmortem.schema.json` describes. */
export function writeJson(postmortem: Postmortem, origin?: Origin): string {
  const document: PostmortemExport = {
    schema: POSTMORTEM_SCHEMA,
    ...postmortem,
    ...(origin ? { events: origin.events.map(rawEvent), names: origin.names } : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function rawEvent({ seq, version, at, type, actor, data }: Recorded) {
  return { seq, version, at, type, actor, data: { ...data } };
}
