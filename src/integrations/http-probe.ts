import { z } from 'zod';
import type { Probe, Reading } from '../component.ts';
import type { Verdict } from '../operation.ts';
import type { Ingredients } from './index.ts';
import { codeOf } from './redact.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** One address that must answer. `maxMs` defaults to guide 004's "response time > 2s". */
export const HttpProbeSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
    error: 'must not carry a user name or password',
  }),
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
  expectStatus: z.int().min(100).max(599).default(200),
  maxMs: z.number().positive().default(2_000).describe('A slower answer is a warning.'),
  timeoutMs: z.number().positive().max(120_000).default(10_000),
  contains: z.string().min(1).optional().describe('Text that must be in the first 64 KB.'),
});
export type HttpProbeSettings = z.infer<typeof HttpProbeSettings>;

/** Failures that say more about the way there than about the service. */
const OUR_SIDE = new Set([
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);

/** A probe that asks one URL, follows no redirect and reads at most 64 KB of the answer. */
export function createHttpProbe(from: Ingredients): Probe {
  const settings = HttpProbeSettings.parse(from.settings);
  return { name: from.id, read: (signal) => read(from.id, settings, signal) };
}

async function read(
  probe: string,
  settings: HttpProbeSettings,
  signal: AbortSignal,
): Promise<Reading> {
  const where = readable(settings.url);
  const timeout = AbortSignal.timeout(settings.timeoutMs);
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const reading = (verdict: Verdict, reason: string, values: Reading['values']): Reading => ({
    probe,
    verdict,
    reason: `${where} ${reason}`,
    values,
  });
  try {
    const response = await fetch(settings.url, {
      method: settings.method,
      redirect: 'manual',
      headers: { 'cache-control': 'no-cache', 'user-agent': 'backstop-probe' },
      signal: AbortSignal.any([signal, timeout]),
    });
    const body = await readSome(response);
    const responseMs = elapsed();
    const values = { status: response.status, responseMs };
    if (response.status !== settings.expectStatus) {
      return reading(
        'fail',
        `answered ${response.status} instead of ${settings.expectStatus}`,
        values,
      );
    }
    if (settings.contains !== undefined && !body.includes(settings.contains)) {
      const text = `answered ${response.status}, but without the text '${settings.contains}'`;
      return reading('fail', text, values);
    }
    if (responseMs > settings.maxMs) {
      const text = `answered ${response.status} in ${responseMs} ms; more than ${settings.maxMs} ms is slow`;
      return reading('warn', text, values);
    }
    return reading('pass', `answered ${response.status} in ${responseMs} ms`, values);
  } catch (error) {
    const values = { responseMs: elapsed() };
    if (signal.aborted) return reading('unknown', 'was not waited for', values);
    if (timeout.aborted) {
      return reading('fail', `gave no answer within ${settings.timeoutMs} ms`, values);
    }
    const code = codeOf(error);
    if (code !== undefined && OUR_SIDE.has(code)) {
      const text = `could not be reached from here (${code}); check the address and Backstop's network`;
      return reading('unknown', text, values);
    }
    return reading('fail', `did not answer (${code ?? 'connection failed'})`, values);
  }
}

async function readSome(response: Response): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of response.body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
}

/** The address without what may be secret in it: user, password, query. */
function readable(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
