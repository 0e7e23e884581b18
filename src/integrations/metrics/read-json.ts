import { redact } from '../redact.ts';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Why a metric could not be read, fit to be shown. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * What a metrics API answers to one request, at most 15 s and 4 MB; no redirect is followed.
 * @throws Unreadable with the status and the system's own words, without secrets.
 */
export async function readJson(
  url: URL,
  o: {
    readonly headers: Readonly<Record<string, string>>;
    readonly secrets: readonly string[];
    readonly signal: AbortSignal;
  },
): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/json', 'user-agent': 'backstop-probe', ...o.headers },
      signal: AbortSignal.any([o.signal, timeout]),
    });
    const text = await readText(response);
    if (!response.ok) {
      const words = redact(text.replace(/<[^>]*>/g, ' '), o.secrets);
      throw new Unreadable(`answered ${response.status}${words === '' ? '' : `: ${words}`}`);
    }
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    if (error instanceof SyntaxError) throw new Unreadable('answered something that is not JSON');
    if (o.signal.aborted) throw new Unreadable('was not waited for');
    if (timeout.aborted) throw new Unreadable(`gave no answer within ${TIMEOUT_MS / 1000} s`);
    throw new Unreadable(`could not be reached (${causeOf(error)})`);
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Unreadable('answered more than 4 MB');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'connection failed';
}
