/** Plays a story with no browser: the real bot against a local workspace and cloud, printed as its people see it. */

import { createBot, type StartBot } from './bot.ts';
import { createStage } from './stage.ts';
import type { Story } from './stories/story.ts';
import { createTranscript } from './workspace/transcript.ts';

export interface PlayOptions {
  /** The text of `manifest.yml`. */
  readonly manifest: string;
  /** What the story's clock shows first, epoch milliseconds. */
  readonly start: number;
  readonly startBot: StartBot;
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
  const stage = await createStage(options.manifest, options.start, story.settings);
  const { config, env, clock } = stage;
  const bot = createBot({ config, env, clock }, options.startBot);
  const transcript = createTranscript(stage.workspace, write);
  const tell = (words: string): void => {
    transcript.flush();
    write(`\n── ${words}\n\n`);
  };
  try {
    await bot.start();
    await story.play(stage, tell, bot);
    await stage.workspace.settled(LAST_EDITS_MS);
  } finally {
    transcript.close();
    await bot.stop();
    await stage.close();
  }
}
