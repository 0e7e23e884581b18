import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const DISPATCH_WORKFLOW = 'dispatch-workflow';

const commit = z.string().regex(/^[0-9a-f]{40}$/);

/** The version to deploy, and the one that is live; the labels are for people, and the tag where it has one. */
const DispatchInput = z.strictObject({
  commit,
  label: z.string().min(1),
  replaces: commit,
  live: z.string().min(1),
});
export type DispatchInput = z.infer<typeof DispatchInput>;

/** The input of `dispatch-workflow` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function dispatchInput(input: Json): DispatchInput {
  const parsed = DispatchInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'Deploying a version by its workflow needs `commit` and `replaces` (whole ids), `label` and `live`.',
  );
}
