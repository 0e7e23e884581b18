import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json, OperationCall } from '../../operation.ts';
import { ExportName } from './exports.ts';
import { MOST_ENTRIES } from './revert-input.ts';

export const EXPORT_ENTRIES = 'export-entries';

/** What is kept in which file: everything written or published since a moment, or chosen entries as they are. */
const ExportInput = z.strictObject({
  file: ExportName,
  /** What readers see unless given. */
  environment: z.string().min(1).optional(),
  of: z.union([
    z.strictObject({ since: z.iso.datetime() }),
    z.strictObject({ entries: z.array(z.string().min(1)).min(1).max(MOST_ENTRIES) }),
  ]),
});
export type ExportInput = z.infer<typeof ExportInput>;

/** The call that keeps it. */
export function exportCall({ environment, ...rest }: ExportInput): OperationCall {
  const input = environment === undefined ? rest : { ...rest, environment };
  return { operation: EXPORT_ENTRIES, input };
}

/** @throws Refusal `invalid-input`. */
export function exportInput(input: Json): ExportInput {
  const parsed = ExportInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const text = 'An export needs a `file` and `of`: `since` a time, or the ids of `entries`.';
  throw new Refusal('invalid-input', text, 'of');
}

/** The name of an export: no two plans share one. */
export function exportName(space: string, at: Date): string {
  return `content-${space}-${at.toISOString().replace(/\D/g, '')}.json`;
}
