/** Follows a run at the terminal: says what happens as it happens, and asks the operator where it has halted. */

import type { Interface } from 'node:readline/promises';
import { Refusal } from '../errors.ts';
import type { Actor, Recorded } from '../events.ts';
import { cancelRun, doneByHand, retryStep, skipStep, undoRun } from '../flows/run-steps.ts';
import { type Incident, lastRun, proposalOf } from '../incident.ts';
import type { Journal } from '../journal/journal.ts';
import type { Flow, Loop } from '../loop.ts';
import type { Run } from '../run.ts';
import { timelineOf } from '../timeline/timeline.ts';
import { EXIT } from './exit-codes.ts';

export interface Following {
  readonly loop: Loop;
  readonly journal: Journal;
  readonly actor: Actor;
  readonly terminal: Interface;
  readonly say: (text: string) => void;
}

/** Resolves when the incident's last run has ended: exit code 0 when it recovered. */
export async function followRun(context: Following, id: string): Promise<number> {
  const { loop, say } = context;
  let told = 0;
  const tell = (incident: Incident | undefined): void => {
    if (incident?.id !== id) return;
    const lines = timelineLines(context.journal, incident.stream);
    for (const line of lines.slice(told)) say(`${line}\n`);
    told = lines.length;
  };
  const unsubscribe = loop.subscribe(tell);
  try {
    tell(loop.incident(id));
    for (;;) {
      const run = await untilStill(loop, id);
      if (run?.status === 'halted') {
        await askOperator(context, id, run);
        continue;
      }
      if (!run) return EXIT.failed;
      say(`\n${run.id} has ended: ${run.outcome ?? 'unknown'}. ${run.outcomeReason ?? ''}\n`);
      return run.outcome === 'recovered' || run.outcome === 'done' ? EXIT.ok : EXIT.failed;
    }
  } finally {
    unsubscribe();
  }
}

function timelineLines(journal: Journal, stream: string): readonly string[] {
  const events = journal.entriesOf(stream) as unknown as readonly Recorded[];
  return timelineOf(events, (user) => user).map(({ at, who, what, why, times }) => {
    const time = new Date(at).toISOString().slice(11, 19);
    return `${time} ${who}: ${what}${times ? ` (${times} times)` : ''}${why ? ` (${why})` : ''}`;
  });
}

/** Waits until the newest run has ended or halted. */
function untilStill(loop: Loop, id: string): Promise<Run | undefined> {
  return new Promise((resolve) => {
    const look = (incident: Incident | undefined): void => {
      if (incident?.id !== id) return;
      const run = lastRun(incident);
      if (run && run.status !== 'halted' && run.status !== 'finished') return;
      unsubscribe();
      resolve(run);
    };
    const unsubscribe = loop.subscribe(look);
    look(loop.incident(id));
  });
}

const CHOICES = 'retry | skip <reason> | done <what you did> | undo | cancel <reason>';

async function askOperator(
  { loop, actor, terminal, say }: Following,
  id: string,
  run: Run,
): Promise<void> {
  const incident = loop.incident(id);
  const step =
    incident &&
    proposalOf(incident, run.plan)?.plan.steps.find((each) => each.id === run.halt?.step);
  say(`\n${run.id} has halted: ${run.halt?.reason ?? ''}\nBy hand:\n${step?.manual ?? ''}\n\n`);
  const answer = (await terminal.question(`What now? ${CHOICES}\n> `)).trim();
  const [word = '', ...rest] = answer.split(/\s+/);
  const flow = flowFor(word, run.id, rest.join(' '));
  if (!flow) {
    say(`One of: ${CHOICES}\n`);
    return;
  }
  try {
    await loop.decide(id, actor, flow);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`${error.message}\n`);
  }
}

function flowFor(word: string, run: string, words: string): Flow | undefined {
  switch (word) {
    case 'retry':
      return retryStep(run);
    case 'skip':
      return skipStep(run, words);
    case 'done':
      return doneByHand(run, words);
    case 'undo':
      return undoRun(run);
    case 'cancel':
      return cancelRun(run, words);
    default:
      return undefined;
  }
}
