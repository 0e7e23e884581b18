/** Knows whether anything is under way, so that a test can wait until the bot has come to rest. */
export interface Activity {
  /** Marks the start of something; call the result when it ended. */
  begin(): () => void;
  /** Resolves when nothing is under way and nothing began or ended for `quietMs` (real time). */
  settled(quietMs: number): Promise<void>;
}

const STEP_MS = 10;

/** An activity with nothing under way. */
export function createActivity(): Activity {
  let underWay = 0;
  let last = Date.now();
  return {
    begin: () => {
      let ended = false;
      underWay += 1;
      last = Date.now();
      return () => {
        if (ended) return;
        ended = true;
        underWay -= 1;
        last = Date.now();
      };
    },
    settled: async (quietMs) => {
      last = Date.now();
      while (underWay > 0 || Date.now() - last < quietMs) {
        await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      }
    },
  };
}
