/** Answers to one person through the address Slack gives with each command and click; good for five answers in 30 minutes. */

import type { KnownBlock } from '@slack/web-api';
import { OutsideError } from '../errors.ts';

export interface EphemeralAnswer {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

const LIMIT_MS = 10_000;

/** Shows an answer to the person only. @throws OutsideError; the answer is then lost, and nothing else. */
export async function answerOnly(responseUrl: string, answer: EphemeralAnswer): Promise<void> {
  const fail = (status: number | undefined, cause: unknown): OutsideError =>
    new OutsideError({
      kind: 'rejected',
      system: 'Slack',
      attempted: 'answer a person',
      on: 'the response address',
      status,
      next: 'Nothing was lost but the answer.',
      cause,
    });
  const body = JSON.stringify({ ...answer, response_type: 'ephemeral', replace_original: false });
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(LIMIT_MS);
  const response = await fetch(responseUrl, { method: 'POST', headers, body, signal }).catch(
    (error: unknown) => {
      throw fail(undefined, error);
    },
  );
  await response.body?.cancel();
  if (!response.ok) throw fail(response.status, undefined);
}
