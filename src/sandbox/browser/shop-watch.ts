/** A customer who opens the checkout every second, so that everybody sees how the shop is doing. */

import { asText, type Json } from '../workspace/json.ts';
import type { Sample, ShopAnswer } from './protocol.ts';

export interface ShopWatch {
  /** Oldest first; the last two minutes. */
  readonly samples: readonly Sample[];
  /** What that customer was told last. */
  readonly says: ShopAnswer;
  stop(): void;
}

const EVERY_MS = 1_000;
const KEPT = 120;
/** Customers give up after so long. */
const PATIENCE_MS = 5_000;
const NO_ANSWER: ShopAnswer = { words: 'The shop does not answer.', release: '' };

/** Watches `<url>/checkout`; `onSample` is called after each visit. `now` is the sandbox's clock (ms). */
export function watchShop(url: string, now: () => number, onSample: () => void): ShopWatch {
  const samples: Sample[] = [];
  let says: ShopAnswer = { words: '', release: '' };
  const ended = new AbortController();

  async function visit(): Promise<void> {
    const seen = await visitCheckout(url, now, ended.signal);
    if (ended.signal.aborted) return;
    samples.push(seen.sample);
    // Whoever waited long is told after others who came later.
    samples.sort((a, b) => a.at - b.at);
    if (samples.at(-1) === seen.sample) says = seen.says;
    if (samples.length > KEPT) samples.shift();
    onSample();
  }

  void visit();
  const timer = setInterval(() => void visit(), EVERY_MS);
  timer.unref();
  return {
    samples,
    get says() {
      return says;
    },
    stop() {
      clearInterval(timer);
      ended.abort();
    },
  };
}

interface Visit {
  readonly sample: Sample;
  readonly says: ShopAnswer;
}

async function visitCheckout(url: string, now: () => number, signal: AbortSignal): Promise<Visit> {
  const at = now();
  const begun = performance.now();
  const took = (): number => Math.round(performance.now() - begun);
  try {
    const response = await fetch(`${url}/checkout`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const release = response.headers.get('x-release') ?? '';
    const words = await wordsOf(response);
    return { sample: { at, status: response.status, ms: took() }, says: { words, release } };
  } catch {
    // No answer is a reading too: the chart shows it.
    return { sample: { at, status: 0, ms: took() }, says: NO_ANSWER };
  }
}

/** One customer buys, and tells what the shop said. */
export async function buy(url: string): Promise<string> {
  const response = await fetch(`${url}/checkout`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const words = await wordsOf(response);
  return response.ok ? words : `The shop answered ${response.status}: ${words}`;
}

async function wordsOf(response: Response): Promise<string> {
  const answer = (await response.json().catch(() => ({}))) as Json;
  if (!response.ok) return asText(answer['error']) ?? 'no reason given';
  const { order, total, currency } = answer;
  return `Order ${String(order)} is placed: ${String(total)} ${String(currency)}.`;
}
