/** The JSON Schema of `backstop.yaml`, for editors. */

import { z } from 'zod';
import type { Kinds } from './config.ts';
import { configSchema } from './schema.ts';

const REFERENCE = {
  type: 'string',
  pattern: '^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$',
  description: 'env:NAME takes the value from the environment, file:PATH from a file.',
};

/**
 * A JSON Schema (draft 7) of the file for the given kinds; the same kinds give the same schema.
 * Of `kind` and `mode` it takes no references, so that editors can tell by them which other keys to offer. Some files pass
 * it that only `parseConfig` refuses: no rule between several keys is in it.
 */
export function configJsonSchema(kinds: Kinds): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema(kinds), {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema, path }) => {
      if (path.at(-1) !== 'propertyNames') allowReference(jsonSchema);
    },
  });
  return { $schema, title: 'backstop.yaml', ...schema, definitions: { reference: REFERENCE } };
}

/** Wherever a text, number or flag may stand, a reference may stand as well. */
function allowReference(schema: z.core.JSONSchema.BaseSchema): void {
  const secret = schema['secret'] === true;
  delete schema['secret'];
  const isLeaf = ['string', 'number', 'integer', 'boolean'].includes(String(schema.type));
  if (!isLeaf || isOpen(schema)) return;
  const { title, description, default: preset, ...leaf } = schema;
  for (const key of Object.keys(schema)) delete schema[key];
  const hint = '(better as env:NAME than in plain text)';
  const about = secret ? `${description?.replace(/\.$/, '') ?? 'Secret'} ${hint}` : description;
  Object.assign(schema, { anyOf: [leaf, { $ref: '#/definitions/reference' }] });
  if (title !== undefined) schema.title = title;
  if (about !== undefined) schema.description = about;
  if (preset !== undefined) schema.default = preset;
}

/** A text of any form takes a reference anyway. */
function isOpen(schema: z.core.JSONSchema.BaseSchema): boolean {
  return (
    schema.type === 'string' && !('pattern' in schema || 'enum' in schema || 'format' in schema)
  );
}
