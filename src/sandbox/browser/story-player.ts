/** Plays a story for people who watch it, at their pace. */

import type { Story } from '../stories/story.ts';
import { type Beat, pacedStage } from './paced.ts';
import type { Pace, StoryProgress } from './protocol.ts';
import type { Run } from './run.ts';

export interface StoryPlayer {
  readonly progress: StoryProgress;
  setPace(pace: Pace): void;
  /** Lets the next act happen now. */
  next(): void;
  /** Ends it before the next act. */
  stop(): void;
}

const PAUSE_MS: Readonly<Record<Pace, number>> = {
  slow: 5_000,
  normal: 2_200,
  fast: 350,
  step: Number.POSITIVE_INFINITY,
};

class Stopped extends Error {}

/** Starts playing; `changed` is called whenever there is something new to see. */
export function playStory(
  story: Story,
  { stage, bot }: Run,
  pace: Pace,
  changed: () => void,
): StoryPlayer {
  let progress: StoryProgress = { name: story.name, pace, caption: story.about, state: 'playing' };
  let waiting: { timer: NodeJS.Timeout | undefined; go: (stopped?: Stopped) => void } | undefined;
  let isStopped = false;

  function show(news: Partial<StoryProgress>): void {
    progress = { ...progress, ...news };
    changed();
  }

  function arm(): void {
    if (!waiting) return;
    clearTimeout(waiting.timer);
    const ms = PAUSE_MS[progress.pace];
    const { go } = waiting;
    waiting.timer = Number.isFinite(ms) ? setTimeout(() => go(), ms) : undefined;
    show({ state: Number.isFinite(ms) ? 'playing' : 'waiting' });
  }

  const beat: Beat = (words, by) =>
    new Promise((resolve, reject) => {
      const go = (stopped?: Stopped): void => {
        clearTimeout(waiting?.timer);
        waiting = undefined;
        if (stopped) reject(stopped);
        else resolve();
      };
      if (isStopped) {
        reject(new Stopped());
        return;
      }
      waiting = { timer: undefined, go };
      show({ act: words, by });
      arm();
    });

  async function play(): Promise<void> {
    try {
      await story.play(pacedStage(stage, beat), (words) => show({ caption: words }), bot);
      show({ state: 'ended', caption: `Ended: ${story.ends}.` });
    } catch (error) {
      if (error instanceof Stopped || isStopped) return;
      const why = error instanceof Error ? error.message : String(error);
      show({ state: 'failed', caption: why.split('\n', 1)[0] ?? why });
    }
  }

  void play();
  return {
    get progress() {
      return progress;
    },
    setPace(next) {
      show({ pace: next });
      arm();
    },
    next() {
      if (!waiting) return;
      waiting.go();
      show({ state: 'playing' });
    },
    stop() {
      isStopped = true;
      waiting?.go(new Stopped());
    },
  };
}
