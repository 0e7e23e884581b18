/** An HTTP answer of the workspace, and what an injected fault makes of it. */
import type { ServerResponse } from 'node:http';
import type { MethodFault } from './faults.ts';
import type { Json } from './json.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body: Json | string | Buffer;
}

/** The answer to send, and whether the call took effect. No answer means: cut the connection. */
export interface Outcome {
  readonly answer?: Answer;
  readonly applied: boolean;
}

/** Performs a call as the fault lets it. */
export async function withFault(
  fault: MethodFault | undefined,
  act: () => Promise<Answer> | Answer,
): Promise<Outcome> {
  if (!fault) return { answer: await act(), applied: true };
  if ('status' in fault) {
    if (fault.applied) await act();
    const answer = { status: fault.status, body: `HTTP ${fault.status}` };
    return { answer, applied: fault.applied === true };
  }
  if ('rateLimited' in fault) {
    const headers = { 'retry-after': String(fault.rateLimited) };
    const body = { ok: false, error: 'ratelimited' };
    return { answer: { status: 429, headers, body }, applied: false };
  }
  if ('error' in fault) {
    const body = { ok: false, error: fault.error, ...fault.extra };
    return { answer: { status: 200, body }, applied: false };
  }
  if ('hang' in fault) {
    await pause(fault.hang);
    return { applied: false };
  }
  if ('dropBefore' in fault) return { applied: false };
  const answer = await act();
  if ('dropAfter' in fault) return { applied: true };
  await pause(fault.delay);
  return { answer, applied: true };
}

/** Sends the answer, or cuts the connection when there is none. */
export function send(response: ServerResponse, answer: Answer | undefined): void {
  if (!answer) {
    response.socket?.destroy();
    return;
  }
  const { body } = answer;
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(answer.status, {
    'content-type': raw ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...answer.headers,
  });
  response.end(raw ? body : JSON.stringify(body));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
