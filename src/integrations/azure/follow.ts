import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Calls } from './calls.ts';

/** What an operation's address says: `unclear` when Azure no longer knows it, `untold` when it gave none. */
export type Followed =
  | { readonly state: 'running' | 'ended' | 'unclear' | 'untold' }
  | { readonly state: 'failed'; readonly reason: string };

const Status = z.object({
  status: z.string(),
  error: z.object({ code: z.string().optional(), message: z.string().optional() }).nullish(),
});

/**
 * Asks the address that a change was accepted with, null when there was none. Its end is Azure's word only; what the
 * resource shows decides.
 * @throws OutsideError when it could not be asked for a passing reason.
 */
export async function follow(
  calls: Calls,
  url: string | null,
  signal: AbortSignal,
): Promise<Followed> {
  if (url === null) return { state: 'untold' };
  try {
    const answer = await calls.get('follow the operation', url, signal);
    const parsed = Status.safeParse(answer);
    // An address of the older kind answers with the resource, or with nothing while it runs.
    if (!parsed.success) return { state: 'unclear' };
    const status = parsed.data.status.toLowerCase();
    if (status.includes('succeeded')) return { state: 'ended' };
    if (!/fail|cancel/.test(status)) return { state: 'running' };
    const { code, message } = parsed.data.error ?? {};
    const said = [code, message].filter((part) => part !== undefined).join(': ') || status;
    return { state: 'failed', reason: `Azure reports: ${said}` };
  } catch (error) {
    if (error instanceof OutsideError && !error.retryable) return { state: 'unclear' };
    throw error;
  }
}
