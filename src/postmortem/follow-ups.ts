/** Follow-ups that the journal itself suggests; people add theirs, and give each an owner. */

import type { Moment } from '../timeline/moment.ts';
import { inBrackets, RESPONSE_WORDS, severityWords } from '../timeline/wording.ts';
import type { PlanRecord, RefusedPlan } from './plans.ts';
import { lossWords, putBackBy, titlesWords } from './put-back.ts';
import type { RunRecord, StepRecord } from './runs.ts';
import type { Facts } from './summary.ts';
import type { MonitorRecord } from './watches.ts';

export interface FollowUp {
  /** `T1`, of one that people agreed on. */
  readonly id?: string;
  readonly what: string;
  readonly because: string;
  readonly owner?: string;
  readonly due?: Moment;
  /** The address of the issue in which it is worked on. */
  readonly ticket?: string;
  /** When it was done, if it was. */
  readonly done?: Moment;
}

export interface FollowUpFacts extends Facts {
  readonly refusedPlans: readonly RefusedPlan[];
}

/** What the record of the incident leaves open, most pressing first. */
export function followUpsOf(facts: FollowUpFacts): readonly FollowUp[] {
  return [
    ...facts.runs.flatMap((run, index) => ofRun(run, facts.runs.slice(index + 1), facts)),
    ...facts.quickFixes.map(({ branch, deployedAt }) => ({
      what:
        deployedAt === undefined
          ? `Finish or delete the branch ${branch}`
          : `Bring the branch ${branch} into the main line, with a test that would have caught it`,
      because: 'The quick fix was made against the clock.',
    })),
    ...facts.plans.flatMap(ofPlan),
    ...facts.refusedPlans.map(({ reason }) => ({
      what: 'Make it possible to plan this rollback',
      because: reason,
    })),
    ...facts.runs.flatMap((run) => run.steps.flatMap((step) => ofStep(step, run))),
    ...facts.monitoring.flatMap(ofWindow),
    ...ofOverrides(facts),
  ];
}

/** Guide 002, Procedure 1: after a rollback, fix properly in development and redeploy when ready. */
function ofRun(run: RunRecord, later: readonly RunRecord[], { plans }: Facts): readonly FollowUp[] {
  const hasRecovered = later.some(({ outcome }) => outcome === 'recovered');
  if (run.outcome === 'not-recovered' && run.kind !== 'quick-fix') {
    const because = `The service did not recover after run ${run.id}${inBrackets(run.reason)}.`;
    const what = hasRecovered
      ? 'Find out why the first attempt did not help'
      : 'Find what is still broken';
    return [{ what, because }];
  }
  const isThrough = run.outcome === 'recovered' || run.outcome === 'done';
  const isDone = isThrough && run.steps.some(({ status }) => status === 'succeeded');
  if (!isDone || later.some(({ kind }) => kind === 'roll-forward')) return [];
  if (run.kind === 'mitigation') {
    const what = `Find the cause: “${run.title}” only bought time`;
    return [{ what, because: `Run ${run.id} carried it out.` }];
  }
  if (run.kind !== 'rollback') return [];
  const parts = putBackBy(run, plans);
  if (parts.length === 0) {
    const what = `Fix the cause, so that “${run.title}” is not needed again`;
    return [{ what, because: `Run ${run.id} carried it out.` }];
  }
  return parts.map(({ titles, from, to }) => ({
    what: `Fix ${from} properly in development and redeploy it when ready`,
    because: `Run ${run.id} put ${titlesWords(titles)} back to ${to}.`,
  }));
}

function ofPlan({ id, kind, approvals, losses, mayHaveLost }: PlanRecord): readonly FollowUp[] {
  const broken = approvals.find(({ breakGlass }) => breakGlass !== undefined);
  return [
    ...(broken
      ? [
          {
            what: `Review the break-glass approval of plan ${id}`,
            because: `${broken.by} went ahead without the approvals: ${broken.breakGlass}`,
          },
        ]
      : []),
    ...(mayHaveLost && kind !== 'release'
      ? [
          {
            what: 'Find out what was lost, and make it good',
            because: lossWords(id, losses),
          },
        ]
      : []),
  ];
}

function ofStep(step: StepRecord, run: RunRecord): readonly FollowUp[] {
  const said = step.note ? `: ${step.note}` : '.';
  if (step.status === 'skipped') {
    return [
      {
        what: `Decide what becomes of the skipped step “${step.title}”`,
        because: `${step.by} skipped it in run ${run.id}${said}`,
      },
    ];
  }
  if (step.how === 'person') {
    return [
      {
        what: `Find out why “${step.title}” had to be done by hand`,
        because: `${step.by} did it in run ${run.id}${said}`,
      },
    ];
  }
  const trouble = step.troubles[0];
  return trouble
    ? [{ what: `Find out why “${step.title}” did not go smoothly`, because: trouble.reason }]
    : [];
}

function ofWindow({ window, result, rounds, passed }: MonitorRecord): readonly FollowUp[] {
  if (result === 'failed') {
    const because = `${rounds - passed} of ${rounds} rounds of readings did not pass.`;
    return [{ what: `Look into the monitor window “${window}”`, because }];
  }
  if (result !== 'cut-short') return [];
  const because = 'The incident was resolved before it ended.';
  return [{ what: `Check what the monitor window “${window}” would have shown`, because }];
}

function ofOverrides({ decisions, severities }: FollowUpFacts): readonly FollowUp[] {
  const what = 'Check whether the rules of the assessment fit this service';
  const decision = decisions.find(({ response, recommended }) => {
    return recommended !== undefined && recommended.response !== response;
  });
  if (decision?.recommended) {
    const because = `It recommended to ${RESPONSE_WORDS[decision.recommended.response]}; ${decision.by} decided to ${RESPONSE_WORDS[decision.response]}.`;
    return [{ what, because }];
  }
  const severity = severities.find(({ override }) => override !== undefined);
  if (!severity) return [];
  const because = `${severity.by} set ${severityWords(severity.severity)} by hand: ${severity.override}`;
  return [{ what, because }];
}
