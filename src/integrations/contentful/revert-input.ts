import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';
import { ExportName } from './exports.ts';

export const REVERT_ENTRIES = 'revert-entries';

/** Each costs up to four requests of about seven a second. */
export const MOST_ENTRIES = 100;

/**
 * Entries of an environment, each at the version the plan saw: to be put back to a published state, or taken off the
 * site where `snapshot` is absent.
 */
const RevertInput = z.strictObject({
  environment: z.string().min(1),
  entries: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
        version: z.number().int().positive(),
        snapshot: z.string().min(1).optional(),
      }),
    )
    .min(1)
    .max(MOST_ENTRIES)
    .refine((entries) => new Set(entries.map(({ id }) => id)).size === entries.length),
  /** The export that must be there, of how they are now. Only plans of older versions have none. */
  exported: ExportName.optional(),
});
export type RevertInput = z.infer<typeof RevertInput>;
export type EntryToRevert = RevertInput['entries'][number];

/** @throws Refusal `invalid-input`. */
export function revertInput(input: Json): RevertInput {
  const parsed = RevertInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const text = `Reverting entries needs \`environment\` and 1 to ${MOST_ENTRIES} \`entries\`, each once with its version.`;
  throw new Refusal('invalid-input', text, 'entries');
}
