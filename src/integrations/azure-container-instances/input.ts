import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const RECREATE_GROUP = 'recreate-group';

/** The image that is to run afterwards, and the one it takes the place of. */
const RecreateInput = z.strictObject({ image: z.string().min(1), replaces: z.string().min(1) });
export type RecreateInput = z.infer<typeof RecreateInput>;

/** The input of `recreate-group` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function recreateInput(input: Json): RecreateInput {
  const parsed = RecreateInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'Recreating a container group needs `image` and `replaces`, both texts.',
  );
}
