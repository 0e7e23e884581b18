/** Who carries out the runs that a terminal starts: a Backstop that is at work on the journal, or this very process. */

import { systemClock } from '../clock.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { createPlanner } from '../engine/planner.ts';
import { messageOf } from '../errors.ts';
import { type EngineLock, takeEngineLock } from '../journal/lock.ts';
import type { Loop } from '../loop.ts';
import type { Catalogue } from '../service.ts';

export interface KeptEngine {
  /** True while this process carries out the runs. */
  readonly isHere: boolean;
  stop(): Promise<void>;
}

export interface EngineSettings {
  readonly journalFile: string;
  /** Milliseconds that a quick fix may take. */
  readonly quickFixLimit: number;
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  readonly say: (text: string) => void;
}

const LOOK_EVERY_MS = 2_000;
/** So often in a row nobody may be found at work before this process takes over: a supervisor starts a bot again in less. */
const GONE_AFTER = 5;

/**
 * Carries out runs here where no other Backstop is at work on the journal; where one is, follows it, and takes over when it
 * has been gone for ten seconds, so that nobody waits for a process that is dead.
 */
export function keepEngine(settings: EngineSettings): KeptEngine {
  const { loop, catalogue, say } = settings;
  let lock: EngineLock | undefined;
  let engine: Engine | undefined;
  let gone = 0;

  function take(): boolean {
    lock = takeEngineLock(settings.journalFile);
    if (!lock) return false;
    engine = createEngine({
      loop,
      catalogue,
      planner: createPlanner(catalogue, () => loop.incidents()),
      clock: systemClock,
      quickFixLimit: settings.quickFixLimit,
      onError: (error) => say(`${messageOf(error)}\n`),
    });
    engine.start();
    return true;
  }

  function look(): void {
    const free = takeEngineLock(settings.journalFile);
    free?.release();
    gone = free ? gone + 1 : 0;
    if (gone < GONE_AFTER || !take()) return;
    clearInterval(looking);
    say('\nThe Backstop that carried this out is gone; this terminal goes on with it.\n');
  }

  if (!take()) say('A running Backstop carries this out; this terminal only follows.\n');
  const looking = engine ? undefined : setInterval(look, LOOK_EVERY_MS);
  return {
    get isHere() {
      return engine !== undefined;
    },
    async stop() {
      clearInterval(looking);
      await engine?.stop();
      lock?.release();
    },
  };
}
