import { ownerOf } from '../approval-codes.ts';
import { stepsToAllow } from '../due-steps.ts';
import { Refusal } from '../errors.ts';
import { allowStep } from '../flows/allow-step.ts';
import { cancelRun } from '../flows/run-steps.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { PlannedStep } from '../plan.ts';
import { answerWhile } from './answer-while.ts';
import { wordsOf } from './context.ts';
import type { Following } from './follow-run.ts';

/**
 * Asks once for the approval code of another person, for a step that asks again right before it runs; the run can be cancelled
 * instead. Resolves as well when somebody allows it in Slack meanwhile, or it does not wait any more.
 */
export async function askToAllow(
  { loop, actor, terminal, say, approval }: Following,
  id: string,
  run: string,
  { id: step, title }: PlannedStep,
): Promise<void> {
  const { codes = [] } = approval;
  const how =
    codes.length > 0
      ? 'Approval code of a person who did not approve the plan'
      : 'There are no approval codes here, so it has to be allowed in Slack. To go no further';
  say(shownLines(loop.incident(id), run, step));
  const answer = await answerWhile(
    { loop, terminal },
    (incident) => isWaiting(incident, run, step),
    id,
    `\n"${title}" asks again before it runs. ${how}, or: cancel <reason>\n> `,
  );
  if (answer === undefined) return;
  const [word, ...reason] = answer.trim().split(/\s+/);
  const by = ownerOf(answer, codes);
  try {
    if (word === 'cancel') {
      await loop.decide(id, actor, cancelRun(run, reason.join(' ')));
    } else if (by === undefined) {
      say('That is nobody’s code.\n');
    } else {
      await loop.decide(id, by, allowStep(run, step, 'yes', approval));
      say(`${by.name} allows it.\n`);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`${wordsOf(error)}\n`);
  }
}

/** What the step would change, as it was just read. */
function shownLines(incident: Incident | undefined, id: string, step: string): string {
  const shown = incident?.runs.find((each) => each.id === id)?.steps[step]?.shown;
  if (!shown) return '';
  const doubts = shown.checks.filter(({ verdict }) => verdict !== 'pass');
  const lines = [
    ...shown.changes.map(({ what, from, to }) => `  ${what}: ${from} -> ${to}`),
    ...doubts.map(({ verdict, name, reason }) => `  ${verdict}: ${name}: ${reason}`),
  ];
  return lines.map((each) => `${each}\n`).join('');
}

function isWaiting(incident: Incident, id: string, step: string): boolean {
  const run = incident.runs.find((each) => each.id === id);
  const steps = run && proposalOf(incident, run.plan)?.plan.steps;
  return run !== undefined && stepsToAllow(run, steps ?? []).some((each) => each.id === step);
}
