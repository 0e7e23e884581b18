/** The bot as a story has it: started, stopped, killed. Nothing in what it is given tells that the other side is a sandbox. */

import type { StoryClock } from './story-clock.ts';

export interface BotInput {
  /** The text of a `backstop.yaml`. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: StoryClock;
}

export interface RunningBot {
  stop(): Promise<void>;
  /** Ends it without a chance to finish anything, where it is a process of its own. */
  kill?(): Promise<void>;
}

export type StartBot = (input: BotInput) => Promise<RunningBot>;

export interface Bot {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @throws Error when the bot is no process of its own. */
  kill(): Promise<void>;
}

/** Starts the bot again and again with the same input; at most one at a time. */
export function createBot(input: BotInput, start: StartBot): Bot {
  let running: RunningBot | undefined;
  return {
    async start() {
      running ??= await start(input);
    },
    async stop() {
      const ending = running;
      running = undefined;
      await ending?.stop();
    },
    async kill() {
      if (!running?.kill)
        throw new Error('This bot is no process of its own, so it cannot be killed.');
      await running.kill();
      running = undefined;
    },
  };
}
