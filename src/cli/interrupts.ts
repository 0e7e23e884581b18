/** Ctrl-C while a run is followed at the terminal. */

import type { Interface } from 'node:readline/promises';
import { stepsToEnd } from '../due-steps.ts';
import { messageOf } from '../errors.ts';
import { endStep } from '../flows/end-step.ts';
import { cancelRun } from '../flows/run-steps.ts';
import { type Incident, lastRun, proposalOf } from '../incident.ts';
import type { PlannedStep } from '../plan.ts';
import { isActive, type Run } from '../run.ts';
import type { Following } from './follow-run.ts';

const REASON = 'Ctrl-C at the terminal';

/**
 * The first Ctrl-C cancels the incident's run and says what the next one does: it ends what is still at work, where that can be.
 * When nothing is left to end, one more leaves the terminal, and the run goes on in the journal.
 * @param leave called for that. @returns what makes Ctrl-C what it was.
 */
export function onInterrupts(
  { loop, actor, say }: Pick<Following, 'loop' | 'actor' | 'say'>,
  id: string,
  input: Pick<Interface, 'on' | 'off'>,
  leave: () => void,
): () => void {
  let mayLeave = false;
  const here = (): { incident: Incident; run: Run } | undefined => {
    const incident = loop.incident(id);
    const run = incident && lastRun(incident);
    return incident && run && isActive(run) ? { incident, run } : undefined;
  };

  async function interrupt(): Promise<void> {
    const now = here();
    if (!now || mayLeave) return leave();
    const { run } = now;
    if (run.cancelling === undefined) {
      await loop.decide(id, actor, cancelRun(run.id, REASON));
      const next = here();
      if (next) say(`\n${run.id} is being cancelled: nothing new is started. ${nextOne(next)}\n`);
      return;
    }
    const ends = endable(now);
    for (const step of ends) {
      await loop.decide(id, actor, endStep(run.id, step.id, REASON));
      say(`\n“${step.title}” is being ended. ${step.endingLeaves ?? ''}\n`);
    }
    if (ends.length > 0) return;
    mayLeave = true;
    say(`\n${NOTHING} Ctrl-C once more leaves this terminal; ${run.id} stays in the journal.\n`);
  }

  // One after the other, however fast they are pressed.
  let last = Promise.resolve();
  const pressed = (): void => {
    last = last.then(interrupt).catch((error: unknown) => say(`\n${messageOf(error)}\n`));
  };
  // A terminal's own comes through readline, which reads its keys; else the process is told.
  input.on('SIGINT', pressed);
  process.on('SIGINT', pressed);
  return () => {
    input.off('SIGINT', pressed);
    process.off('SIGINT', pressed);
  };
}

const NOTHING = 'Nothing that is at work can be ended from here; it is followed to its end.';

function endable({ incident, run }: { incident: Incident; run: Run }): readonly PlannedStep[] {
  return stepsToEnd(run, proposalOf(incident, run.plan)?.plan.steps ?? []);
}

function nextOne(now: { incident: Incident; run: Run }): string {
  const ends = endable(now);
  if (ends.length === 0) return NOTHING;
  const each = ends.map(({ title, endingLeaves }) => `“${title}” (${endingLeaves ?? ''})`);
  return `What is at work is followed to its end. Ctrl-C again ends it now: ${each.join(', ')}`;
}
