/** Questions at the terminal that others may answer meanwhile, in Slack. */

import type { Interface } from 'node:readline/promises';
import { Refusal } from '../errors.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';

/** What a question is put to. */
export interface Terminal {
  readonly question: (
    text: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<string>;
}

/**
 * The answer at the terminal; undefined once the incident is such that the question is of no use any more.
 * @throws Refusal when nobody can answer any more, because the input has ended.
 */
export async function answerWhile(
  { loop, terminal }: { readonly loop: Loop; readonly terminal: Terminal },
  isOfUse: (incident: Incident) => boolean,
  id: string,
  question: string,
): Promise<string | undefined> {
  const over = new AbortController();
  const look = (incident: Incident | undefined): void => {
    if (incident?.id === id && !isOfUse(incident)) over.abort();
  };
  const unsubscribe = loop.subscribe(look);
  look(loop.incident(id));
  try {
    if (over.signal.aborted) return undefined;
    return await terminal.question(question, { signal: over.signal });
  } catch (error) {
    if (over.signal.aborted) return undefined;
    throw error;
  } finally {
    unsubscribe();
  }
}

/** A terminal whose open question fails when the input ends, where readline alone would wait for ever. */
export function endingWith(input: Interface): Terminal {
  const ended = new AbortController();
  input.once('close', () => ended.abort());
  return {
    async question(text: string, options: { readonly signal?: AbortSignal | undefined } = {}) {
      const signals = options.signal ? [options.signal, ended.signal] : [ended.signal];
      try {
        return await input.question(text, { signal: AbortSignal.any(signals) });
      } catch (error) {
        if (options.signal?.aborted || !ended.signal.aborted) throw error;
        throw new Refusal(
          'not-possible',
          'Nobody can answer at this terminal any more. What has begun is in the journal; go on in Slack, or with the same command.',
        );
      }
    },
  };
}
