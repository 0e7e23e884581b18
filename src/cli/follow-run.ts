/** Follows a run at the terminal: says what happens as it happens, and asks the operator where it has halted. */

import { stepsToAllow } from '../due-steps.ts';
import { Refusal } from '../errors.ts';
import type { Actor, Recorded } from '../events.ts';
import { cancelRun, doneByHand, retryStep, skipStep, undoRun } from '../flows/run-steps.ts';
import { type Incident, lastRun, openProposal, proposalOf } from '../incident.ts';
import type { Journal } from '../journal/journal.ts';
import type { Flow, Loop } from '../loop.ts';
import type { Proposal } from '../proposal.ts';
import type { Run } from '../run.ts';
import type { ApprovalPolicy } from '../service.ts';
import { timelineOf } from '../timeline/timeline.ts';
import { answerWhile, type Terminal } from './answer-while.ts';
import { askToAllow } from './ask-to-allow.ts';
import { wordsOf } from './context.ts';
import { EXIT } from './exit-codes.ts';

export interface Following {
  readonly loop: Loop;
  readonly journal: Pick<Journal, 'entriesOf'>;
  readonly actor: Actor;
  readonly terminal: Terminal;
  readonly say: (text: string) => void;
  readonly approval: ApprovalPolicy;
}

/** How a run ended: exit code 0 when it recovered, and the plan that follows from it, which waits to be approved. */
export interface Followed {
  readonly code: number;
  readonly next?: Proposal;
}

/** Says what happens to the incident as it happens. @returns what ends it. */
export function tellTimeline({ loop, journal, say }: Following, id: string): () => void {
  let told = 0;
  const tell = (incident: Incident | undefined): void => {
    if (incident?.id !== id) return;
    const lines = timelineLines(journal, incident.stream);
    for (const line of lines.slice(told)) say(`${line}\n`);
    told = lines.length;
  };
  tell(loop.incident(id));
  return loop.subscribe(tell);
}

/**
 * Resolves when the incident's last run has ended and no plan is being made any more. Asks the operator where it has halted,
 * and for another person's agreement where a step asks again.
 */
export async function followRun(context: Following, id: string): Promise<Followed> {
  const { loop, say } = context;
  for (;;) {
    const run = await untilStill(loop, id);
    const incident = loop.incident(id);
    if (!run || !incident) return { code: EXIT.failed };
    if (run.status === 'halted') {
      await askOperator(context, id, run);
      continue;
    }
    const [step] = waiting(incident, run);
    if (step) {
      await askToAllow(context, id, run.id, step);
      continue;
    }
    say(`\n${run.id} has ended: ${run.outcome ?? 'unknown'}. ${run.outcomeReason ?? ''}\n`);
    if (incident.planRefused)
      say(`No plan could be made after it: ${incident.planRefused.reason}\n`);
    const next = openProposal(incident);
    if (run.outcome === 'recovered' || run.outcome === 'done') {
      // What was asked for here is done; another plan is somebody else's wish, and is theirs to decide.
      if (next) say(`Another plan is open in the incident: ${next.plan.id}, ${next.plan.title}.\n`);
      return { code: EXIT.ok };
    }
    return next ? { code: EXIT.failed, next } : { code: EXIT.failed };
  }
}

function waiting(incident: Incident, run: Run): ReturnType<typeof stepsToAllow> {
  return stepsToAllow(run, proposalOf(incident, run.plan)?.plan.steps ?? []);
}

function timelineLines(journal: Following['journal'], stream: string): readonly string[] {
  const events = journal.entriesOf(stream) as unknown as readonly Recorded[];
  return timelineOf(events, (user) => user).map(({ at, who, what, why, times }) => {
    const time = new Date(at).toISOString().slice(11, 19);
    return `${time} ${who}: ${what}${times ? ` (${times} times)` : ''}${why ? ` (${why})` : ''}`;
  });
}

/** Waits until the newest run needs somebody, or has ended and the plan that it called for was made or refused. */
function untilStill(loop: Loop, id: string): Promise<Run | undefined> {
  return new Promise((resolve) => {
    const look = (incident: Incident | undefined): void => {
      if (incident?.id !== id) return;
      const run = lastRun(incident);
      const asks = run && (run.status === 'halted' || waiting(incident, run).length > 0);
      if (run && !asks && (run.status !== 'finished' || incident.planWanted)) return;
      unsubscribe();
      resolve(run);
    };
    const unsubscribe = loop.subscribe(look);
    look(loop.incident(id));
  });
}

const CHOICES = 'retry | skip <reason> | done <what you did> | undo <reason> | cancel <reason>';

/** Asks once what is to become of a halted run; people may decide it in Slack meanwhile. */
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
  const isHalted = (now: Incident): boolean => {
    const { status, halt } = now.runs.find((each) => each.id === run.id) ?? {};
    return status === 'halted' && halt?.step === run.halt?.step;
  };
  const answer = await answerWhile({ loop, terminal }, isHalted, id, `What now? ${CHOICES}\n> `);
  if (answer === undefined) {
    say('\nThat was settled meanwhile.\n');
    return;
  }
  const [word = '', ...rest] = answer.trim().split(/\s+/);
  const flow = flowFor(word, run.id, run.halt?.step ?? '', rest.join(' '));
  if (!flow) {
    say(`One of: ${CHOICES}\n`);
    return;
  }
  try {
    await loop.decide(id, actor, flow);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`${wordsOf(error)}\n`);
  }
}

function flowFor(word: string, run: string, step: string, words: string): Flow | undefined {
  switch (word) {
    case 'retry':
      return retryStep(run, step);
    case 'skip':
      return skipStep(run, step, words);
    case 'done':
      return doneByHand(run, step, words);
    case 'undo':
      return undoRun(run, words);
    case 'cancel':
      return cancelRun(run, words);
    default:
      return undefined;
  }
}
