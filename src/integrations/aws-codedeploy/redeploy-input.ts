import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const REDEPLOY = 'redeploy';
export const STOP_DEPLOYMENT = 'stop-deployment';

/** The keys of the revision to deploy again, and of the one it takes the place of. */
const RedeployInput = z.strictObject({ release: z.string().min(1), replaces: z.string().min(1) });
export type RedeployInput = z.infer<typeof RedeployInput>;

/** The input of `redeploy` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function redeployInput(input: Json): RedeployInput {
  const parsed = RedeployInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-input', 'A redeployment needs `release` and `replaces`, both texts.');
}

const StopInput = z.strictObject({ deployment: z.string().regex(/^d-[A-Z0-9]+$/) });
export type StopInput = z.infer<typeof StopInput>;

/** The input of `stop-deployment` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function stopInput(input: Json): StopInput {
  const parsed = StopInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-input', 'Stopping needs `deployment`, an id such as d-A1B2C3D4E.');
}

/** The description that marks the deployment of one intent, so that it is found again. */
export function markOf(key: string): string {
  return `Backstop ${key}`;
}

/** A revision's key as people read it. */
export function shortKey(key: string): string {
  const [scheme, rest = ''] = key.split(':', 2);
  if (scheme === 'appspec') return `AppSpec ${rest.slice(0, 8)}`;
  if (scheme === 'github') return rest.replace(/@([0-9a-f]{7})[0-9a-f]*$/, '@$1');
  return key.split('#', 1)[0]?.split('/').at(-1) ?? key;
}
