import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const SWAP_SLOTS = 'swap-slots';

/** Which release is to be in production afterwards, and which one it takes the place of. */
const SwapInput = z.strictObject({ release: z.string().min(1), replaces: z.string().min(1) });
export type SwapInput = z.infer<typeof SwapInput>;

/** The input of `swap-slots` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function swapInput(input: Json): SwapInput {
  const parsed = SwapInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-input', 'A slot swap needs `release` and `replaces`, both texts.');
}

/** A release id as people read it: the version without its commit, or the short commit. */
export function labelOf(id: string): string {
  const [label = id] = id.split('@');
  return /^[0-9a-f]{40}$/i.test(label) ? label.slice(0, 7) : label;
}
