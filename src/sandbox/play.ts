/** Plays a story with no browser: the real bot against a local workspace and cloud, printed as its people see it. */

import { createStage, type Stage } from './stage.ts';
import type { Story } from './stories/story.ts';
import type { StoryClock } from './story-clock.ts';
import { createTranscript } from './workspace/transcript.ts';

/** What a bot is started from: nothing in it tells that the other side is a sandbox. */
export interface BotInput {
  /** The text of a `backstop.yaml`. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: StoryClock;
}

export interface RunningBot {
  stop(): Promise<void>;
}

export interface PlayOptions {
  /** The text of `manifest.yml`. */
  readonly manifest: string;
  /** What the story's clock shows first, epoch milliseconds. */
  readonly start: number;
  readonly startBot: (input: BotInput) => Promise<RunningBot>;
  readonly write: (text: string) => void;
}

/** Milliseconds of real time without a sign of life after which the last edits are taken to have been made. */
const LAST_EDITS_MS = 1_500;

/**
 * Plays the story and prints it. Everything is stopped and closed when it resolves or rejects.
 * @throws Error where the story did not go as it should.
 */
export async function play(story: Story, options: PlayOptions): Promise<void> {
  const { write } = options;
  const stage = await createStage(options.manifest, options.start);
  let bot: RunningBot | undefined;
  const transcript = createTranscript(stage.workspace, write);
  const tell = (words: string): void => {
    transcript.flush();
    write(`\n── ${words}\n\n`);
  };
  try {
    const { config, env, clock } = stage;
    bot = await options.startBot({ config, env, clock });
    await story.play(stage, tell);
    await stage.workspace.settled(LAST_EDITS_MS);
  } finally {
    transcript.close();
    await stopAll(bot, stage);
  }
}

async function stopAll(bot: RunningBot | undefined, stage: Stage): Promise<void> {
  await bot?.stop();
  await stage.close();
}
