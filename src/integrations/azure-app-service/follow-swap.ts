import { OutsideError } from '../../errors.ts';
import type { Arm } from './client.ts';
import { SYSTEM } from './errors.ts';

/** What an operation's address says: `unclear` when Azure no longer knows it, `untold` when it gave none. */
export type Followed =
  | { readonly state: 'running' | 'ended' | 'unclear' | 'untold' }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Asks the address that a swap was accepted with, null when there was none.
 * @throws OutsideError when it could not be asked, or does not lead to Azure.
 */
export async function followSwap(
  arm: Arm,
  url: string | null,
  signal: AbortSignal,
): Promise<Followed> {
  if (url === null) return { state: 'untold' };
  const address = safeAddress(url, arm);
  try {
    const status = await arm.read(
      'follow the slot swap',
      async (o) => {
        const request = { abortSignal: o.abortSignal, headers: o.requestOptions.headers };
        const response = await arm.context.pathUnchecked(address).get(request);
        if (Number(response.status) >= 400) throw new Error(`unexpected ${response.status}`);
        return response.status;
      },
      signal,
    );
    if (status === '202') return { state: 'running' };
    return { state: status === '200' ? 'ended' : 'unclear' };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { status, answer = '', next } = error.detail;
    if (status === 400 || status === 409) {
      return { state: 'failed', reason: `Azure did not swap the slots: ${answer} ${next}` };
    }
    // Azure forgets finished operations; only a look at the slots tells then.
    if (status === 404 || status === 410) return { state: 'unclear' };
    throw error;
  }
}

/**
 * As `followSwap`, where an address that cannot be used any more leaves it to the look at the slots.
 * @throws OutsideError when it could not be asked for a passing reason.
 */
export async function followAgain(
  arm: Arm,
  url: string | null,
  signal: AbortSignal,
): Promise<Followed> {
  try {
    return await followSwap(arm, url, signal);
  } catch (error) {
    if (error instanceof OutsideError && !error.retryable) return { state: 'unclear' };
    throw error;
  }
}

/** The address of an operation, if it belongs to Azure: the token goes with the request. */
function safeAddress(url: string, arm: Arm): string {
  const address = new URL(url);
  const home = new URL(arm.endpoint);
  const isHome = address.host === home.host || address.host.endsWith(`.${home.host}`);
  if (isHome && address.protocol === home.protocol) return url;
  throw new OutsideError({
    kind: 'malformed',
    system: SYSTEM,
    attempted: 'follow the slot swap',
    on: `web app ${arm.app}`,
    answer: `its address leads to ${address.host}`,
    next: 'Look at what the slots hold; something between here and Azure changes its answers.',
  });
}
