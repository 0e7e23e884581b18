/** A customer who opens the checkout every second, so that everybody sees how the shop is doing. */

import { asText, type Json } from '../workspace/json.ts';
import type { Sample } from './protocol.ts';

export interface ShopWatch {
  /** Oldest first; the last two minutes. */
  readonly samples: readonly Sample[];
  stop(): void;
}

const EVERY_MS = 1_000;
const KEPT = 120;
/** Customers give up after so long. */
const PATIENCE_MS = 5_000;

/** Watches `<url>/checkout`; `onSample` is called after each visit. `now` is the sandbox's clock (ms). */
export function watchShop(url: string, now: () => number, onSample: () => void): ShopWatch {
  const samples: Sample[] = [];
  const ended = new AbortController();

  async function visit(): Promise<void> {
    const sample = await visitCheckout(url, now, ended.signal);
    if (ended.signal.aborted) return;
    samples.push(sample);
    if (samples.length > KEPT) samples.shift();
    onSample();
  }

  void visit();
  const timer = setInterval(() => void visit(), EVERY_MS);
  timer.unref();
  return {
    samples,
    stop() {
      clearInterval(timer);
      ended.abort();
    },
  };
}

async function visitCheckout(url: string, now: () => number, signal: AbortSignal): Promise<Sample> {
  const at = now();
  const begun = performance.now();
  const took = (): number => Math.round(performance.now() - begun);
  try {
    const response = await fetch(`${url}/checkout`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    await response.body?.cancel();
    return { at, status: response.status, ms: took() };
  } catch {
    // No answer is a reading too: the chart shows it.
    return { at, status: 0, ms: took() };
  }
}

/** One customer buys, and tells what the shop said. */
export async function buy(url: string): Promise<string> {
  const response = await fetch(`${url}/checkout`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const answer = (await response.json().catch(() => ({}))) as Json;
  if (!response.ok) {
    return `The shop answered ${response.status}: ${asText(answer['error']) ?? 'no reason given'}`;
  }
  return `Order ${String(answer['order'])} is placed: ${String(answer['total'])} ${String(answer['currency'])}.`;
}
