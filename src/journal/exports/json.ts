import type { Postmortem } from '../../postmortem/postmortem.ts';
import { POSTMORTEM_SCHEMA, type PostmortemExport } from './schema.ts';

/** The post-mortem as JSON text, in the form that `docs/postmortem.schema.json` describes. */
export function writeJson(postmortem: Postmortem): string {
  const document: PostmortemExport = { schema: POSTMORTEM_SCHEMA, ...postmortem };
  return `${JSON.stringify(document, null, 2)}\n`;
}
