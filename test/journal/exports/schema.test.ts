import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { postmortemJsonSchema } from '../../../src/journal/exports/schema.ts';

const file = new URL('../../../docs/postmortem.schema.json', import.meta.url);

it('publishes the JSON Schema that the code has; UPDATE_SCHEMA=1 writes it anew', () => {
  const text = `${JSON.stringify(postmortemJsonSchema(), null, 2)}\n`;
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(file, text);

  expect(readFileSync(file, 'utf8')).toBe(text);
});
