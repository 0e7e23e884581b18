import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const RERUN_WORKFLOW = 'rerun-workflow';

const since = z.number().int().positive();

/**
 * Which run: by its id, or the newest one of a commit. `since`, epoch milliseconds, says when it is done: once an attempt that
 * started after it has succeeded. The moment the broken release went live does, or any moment after the last attempt.
 */
const RerunInput = z.union([
  z.strictObject({ run: z.number().int().positive(), since }),
  z.strictObject({ commit: z.string().regex(/^[0-9a-f]{7,40}$/), since }),
]);
export type RerunInput = z.infer<typeof RerunInput>;

/** The input of `rerun-workflow` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function rerunInput(input: Json): RerunInput {
  const parsed = RerunInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'Running a workflow again needs `run` (a number) or `commit`, and `since` (epoch milliseconds).',
  );
}
