import { codeOf } from '../redact.ts';

const TIMEOUT_MS = 20_000;

/** How the slot answers: by a status, or not at all with the reason. */
export type WarmUp =
  | { readonly where: string; readonly status: number }
  | { readonly where: string; readonly silent: string };

/**
 * Asks the slot once over HTTP, which also wakes a sleeping app; at most 20 s.
 * @throws only the signal's reason when it was aborted.
 */
export async function askSlot(url: string, signal: AbortSignal): Promise<WarmUp> {
  signal.throwIfAborted();
  const { host, pathname } = new URL(url);
  const where = `${host}${pathname}`;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'cache-control': 'no-cache', 'user-agent': 'backstop' },
      signal: AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    return { where, status: response.status };
  } catch (error) {
    signal.throwIfAborted();
    const why = timeout.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : codeOf(error);
    return { where, silent: why ?? 'connection failed' };
  }
}
