/** What a story is: people act in the workspace, and say what they expect to see. */

import type { Bot } from '../bot.ts';
import type { Stage, StageSettings } from '../stage.ts';

export interface Story {
  readonly name: string;
  /** One line: what happens. */
  readonly about: string;
  /** How it should end, as one line for the listing. */
  readonly ends: string;
  /** How its set-up differs from the others'. */
  readonly settings?: StageSettings;
  /** True when the bot runs as a process of its own, which can be killed; the story's clock is then the real one. */
  readonly ownProcess?: boolean;
  /** Why it cannot be told on this machine, where something is missing for it. */
  readonly missing?: () => string | undefined;
  /** Acts the story. Throws where people do not see what they should. */
  play(stage: Stage, tell: (words: string) => void, bot: Bot): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Lets story time pass a stride of minutes at a time, one unless given, so that what is due on the way happens on the way. */
export async function pass(stage: Stage, minutes: number, stride = 1): Promise<void> {
  for (let passed = 0; passed < minutes; passed += stride) {
    stage.clock.advance(stride * MINUTE_MS);
    await stage.workspace.settled(40);
  }
}

/** Real time that a story waits for the world, milliseconds. */
const WORLD_LIMIT_MS = 30_000;

/** Waits until something is true of the world. @throws Error when it does not come true. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WORLD_LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('The story went wrong: it waited in vain.');
    await new Promise((resolve) => setTimeout(resolve, 50));
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
