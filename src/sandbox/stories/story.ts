/** What a story is: people act in the workspace, and say what they expect to see. */

import type { Stage } from '../stage.ts';

export interface Story {
  readonly name: string;
  /** One line: what happens. */
  readonly about: string;
  /** How it should end, as one line for the listing. */
  readonly ends: string;
  /** Acts the story. Throws where people do not see what they should. */
  play(stage: Stage, tell: (words: string) => void): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Lets story time pass a minute at a time, so that what is due on the way happens on the way. */
export async function pass(stage: Stage, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    stage.clock.advance(MINUTE_MS);
    await stage.workspace.settled(40);
  }
}

/** @throws Error when it does not hold: the story did not go as it should. */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`The story went wrong: ${what}`);
}

/** What a customer gets who opens the checkout now. */
export async function checkoutAnswers(
  stage: Stage,
): Promise<{ readonly status: number; readonly release: string }> {
  const response = await fetch(`${stage.cloud.shop.productionUrl}/checkout`, {
    signal: AbortSignal.timeout(5_000),
  });
  await response.body?.cancel();
  return { status: response.status, release: response.headers.get('x-release') ?? '' };
}
