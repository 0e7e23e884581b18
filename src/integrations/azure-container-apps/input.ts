import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const ACTIVATE_REVISION = 'activate-revision';

/** The revision that is to do the work afterwards, and the one it takes over from. */
const ActivateInput = z.strictObject({ revision: z.string().min(1), replaces: z.string().min(1) });
export type ActivateInput = z.infer<typeof ActivateInput>;

/** The input of `activate-revision` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function activateInput(input: Json): ActivateInput {
  const parsed = ActivateInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'Activating a revision needs `revision` and `replaces`, both texts.',
  );
}
