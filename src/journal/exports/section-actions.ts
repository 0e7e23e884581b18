/** What was planned, carried out and watched. */

import type { Verdict } from '../../operation.ts';
import type { ApprovalRecord, PlanRecord, RefusedPlan } from '../../postmortem/plans.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import {
  isUntouched,
  type ReadingRecord,
  type RunRecord,
  type StepHow,
  type StepRecord,
} from '../../postmortem/runs.ts';
import type { MonitorRecord, QuickFixRecord } from '../../postmortem/watches.ts';
import {
  capital,
  durationWords,
  outcomeWords,
  readingsWords,
  sentence,
} from '../../timeline/wording.ts';
import type { Marked, Pen, Writing } from './pen.ts';

const HOW_WORDS: Readonly<Record<StepHow, string>> = {
  applied: 'Carried out',
  observed: 'The answer was lost; found done on a fresh look',
  already: 'Was done already, before it began',
  person: 'Done by hand',
};

const RESULT_WORDS: Readonly<Record<MonitorRecord['result'], string>> = {
  passed: 'Passed',
  failed: 'Did not pass',
  open: 'Still open',
  'cut-short': 'Cut short: the incident was resolved before its end',
  superseded: 'Given up: a later recovery was watched instead',
  'not-ended': 'Its end was not recorded',
  'not-begun': 'Did not begin',
};

/** Quick fixes, plans and runs in the order they came, then monitoring; says so when nothing was touched. */
export function actions(postmortem: ToldPostmortem, writing: Writing): Marked {
  const { plans, refusedPlans, runs, quickFixes, monitoring } = postmortem;
  const { pen } = writing;
  // A plan without a step had nothing to do, and its run did nothing.
  const shown = plans.filter(
    ({ kind, steps }) => kind !== 'verify' && kind !== 'quick-fix' && steps.length > 0,
  );
  const replaced = new Set(plans.flatMap(({ insteadOf }) => insteadOf?.plan ?? []));
  // Of a plan that went out of date untouched, its run has nothing to tell either.
  const ran = runs.filter(({ kind, steps, plan }) => {
    return (kind === 'verify' || steps.length > 0) && !replaced.has(plan);
  });
  const sections = [
    ...quickFixes.map((one) => ({ at: one.startedAt, section: quickFix(one, writing) })),
    ...shown.map((one) => ({
      at: one.shownAt,
      section: plan(one, replaced.has(one.id), writing),
    })),
    ...refusedPlans.map((one) => ({ at: one.at, section: refused(one, writing) })),
    ...ran.map((one) => ({ at: one.startedAt, section: run(one, writing) })),
  ];
  return pen.section(
    'What was done',
    isUntouched(runs) ? pen.paragraph('No step of a plan was carried out in this incident.') : '',
    ...sections.sort((a, b) => a.at.localeCompare(b.at)).map(({ section }) => section),
    monitoring.length === 0 ? '' : pen.subsection('Monitoring', monitor(postmortem, writing)),
  );
}

function quickFix(fix: QuickFixRecord, { pen, times }: Writing): Marked {
  const { branch, startedAt, startedBy, limitMs, extensions, timeUpAt, deployedAt, ms } = fix;
  const kept = fix.withinLimit ? 'within its time' : 'beyond its time';
  const facts = [
    `Started by ${pen.text(startedBy)}, ${times.both(startedAt)}, on branch ${pen.code(branch)}, with ${durationWords(limitMs)} on the clock.`,
    ...(timeUpAt === undefined ? [] : [`The time ran out at ${times.both(timeUpAt)}.`]),
    ...extensions.map(({ at, by, until }) => {
      return `${pen.text(by)} gave it more time at ${times.both(at)}, until ${times.cell(until)}.`;
    }),
    deployedAt === undefined || ms === null
      ? 'It was never reported as deployed.'
      : `${pen.strong('Reported as deployed')} by ${pen.text(fix.deployedBy ?? '')} after ${durationWords(ms)}, ${kept}: ${times.both(deployedAt)}.`,
  ];
  return pen.subsection('Quick fix', pen.bullets(facts));
}

/** @param isReplaced whether a newer plan took its place before anything of it was carried out, and tells what is different. */
function plan(record: PlanRecord, isReplaced: boolean, { pen, times }: Writing): Marked {
  const { id, title, hash, shownAt, shownBy, request, steps, losses, undo } = record;
  const { approvals, fate, fateWords, insteadOf } = record;
  const facts = [
    `${shownBy === 'Backstop' ? 'Made by' : 'Made for'} ${pen.text(shownBy)}, ${times.both(shownAt)}. Hash ${pen.code(hash.slice(0, 12))}.`,
    ...(request
      ? [`Approval asked for by ${pen.text(request.by)}, ${times.both(request.at)}.`]
      : []),
    ...approvals.map((approval) => approved(approval, { pen, times })),
    ...(approvals.length > 0 && fate === 'approved' ? [] : [pen.strong(pen.text(fateWords))]),
    ...(losses.length > 0
      ? [`Would lose: ${pen.text(losses.map((loss) => sentence(capital(loss))).join(' '))}`]
      : []),
    ...(fate === 'approved' ? [`To take it back: ${pen.text(sentence(undo))}`] : []),
    ...(insteadOf ? [different(insteadOf, pen)] : []),
  ];
  // What a newer plan took the place of is told by that one.
  if (fate === 'superseded' || isReplaced) {
    const against = steps.flatMap(({ warnings }) => warnings.filter(speaksAgainst));
    const said = against.length === 0 ? [] : [`What spoke against it: ${checks(against, pen)}`];
    return pen.subsection(`Plan ${id}: ${title}`, pen.bullets([...facts, ...said]));
  }
  const rows = steps.map((step) => [
    pen.text(step.title),
    step.changes
      .map(({ what, from, to }) => `${pen.text(what)}: ${short(from, pen)} → ${short(to, pen)}`)
      .join('; '),
    checks(step.warnings, pen) || 'All passed',
  ]);
  return pen.subsection(
    `Plan ${id}: ${title}`,
    pen.bullets(facts),
    pen.table(['Step', 'What it changes', 'Preflight checks'], rows),
  );
}

function different({ plan, different }: NonNullable<PlanRecord['insteadOf']>, pen: Pen): Marked {
  return different.length === 0
    ? `Shows the same as plan ${pen.text(plan)}, which had gone out of date.`
    : `Different from plan ${pen.text(plan)}: ${pen.text(series(different))}`;
}

type Warning = PlanRecord['steps'][number]['warnings'][number];

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  warn: 'with a warning',
  fail: 'failed',
  unknown: 'could not be checked',
};

function speaksAgainst({ verdict }: Warning): boolean {
  return verdict === 'fail' || verdict === 'unknown';
}

function checks(warnings: readonly Warning[], pen: Pen): Marked {
  const said = warnings.map(
    ({ name, verdict, reason }) => `“${name}” ${VERDICT_WORDS[verdict]}: ${reason}`,
  );
  return said.length === 0 ? '' : pen.text(series(said));
}

/** Digests of images say as much by their beginning. */
function short(text: string, pen: Pen): Marked {
  return pen.text(text.replaceAll(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…'));
}

/** `a; b.`, whether they ended in full stops or not. */
function series(all: readonly string[]): string {
  return sentence(all.map((one) => one.replace(/\.$/, '')).join('; '));
}

function approved({ by, at, breakGlass }: ApprovalRecord, { pen, times }: Writing): Marked {
  if (breakGlass === undefined)
    return `${pen.strong('Approved')} by ${pen.text(by)}, ${times.both(at)}.`;
  return `${pen.strong(`Broke the glass: ${pen.text(by)} went ahead without the approvals the policy asks for`)}, ${times.both(at)}. ${pen.emphasis('Why:')} ${pen.text(sentence(breakGlass))}`;
}

function refused({ at, reason }: RefusedPlan, { pen, times }: Writing): Marked {
  return pen.subsection(
    'No plan could be made',
    pen.bullets([`${times.both(at)}: ${pen.text(sentence(reason))}`]),
  );
}

function run(record: RunRecord, { pen, times }: Writing): Marked {
  const { id, title, startedAt, startedBy, ms, expectedMs, outcome, reason, steps } = record;
  const isBegun = steps.some(({ status }) => status !== 'waiting');
  const expected =
    expectedMs > 0 && isBegun ? ` (the steps usually take ${durationWords(expectedMs)})` : '';
  const ended =
    outcome === null
      ? underWay(record, { pen, times })
      : `${pen.strong(`${capital(outcomeWords(outcome, record))}.`)}${reason ? ` ${pen.text(sentence(reason))}` : ''}`;
  const facts = [
    `Started by ${pen.text(startedBy)}, ${times.both(startedAt)}.`,
    ...(ms === null ? [] : [`It took ${durationWords(ms)}${expected}.`]),
    ended,
    ...(record.verification ? [verification(record, { pen, times })] : []),
  ];
  const head = ['Step', 'Began', 'Ended', 'Took', 'How it ended'];
  return pen.subsection(
    `Run ${id}: ${title}`,
    pen.bullets(facts),
    // Of a run that was over before it began a step, each row would say so.
    outcome !== null && !isBegun
      ? ''
      : pen.table(
          head,
          steps.map((step) => stepRow(step, { pen, times })),
        ),
    ...steps.flatMap((step) => printed(step, pen)),
  );
}

/** What a step's commands printed, one block for each output. */
function printed({ title, printed = [] }: StepRecord, pen: Pen): readonly Marked[] {
  return printed.map(({ stream, text, leftOut }) => {
    const what = stream === 'output' ? 'What' : 'Errors that';
    const lines = text.split('\n').length + (leftOut ? leftOut.lines - 1 : 0);
    const rest = leftOut ? `, ${leftOut.lines} of them left out` : '';
    const count = lines === 1 ? '1 line' : `${lines} lines`;
    return pen.printed(pen.text(`${what} “${title}” printed: ${count}${rest}`), text);
  });
}

function underWay({ halted }: RunRecord, { pen }: Writing): Marked {
  if (!halted) return pen.strong('It is still at work.');
  return `${pen.strong(`It is halted at “${pen.text(halted.step)}” and waits for people.`)} ${pen.text(sentence(halted.reason))}`;
}

function stepRow(step: StepRecord, { pen, times }: Writing): readonly Marked[] {
  return [
    pen.text(step.title),
    step.startedAt === undefined ? '–' : times.cell(step.startedAt),
    step.endedAt === undefined ? '–' : times.cell(step.endedAt),
    step.ms === null || step.how === 'already' ? '–' : durationWords(step.ms),
    [
      stepEnding(step, { pen, times }),
      ...step.troubles.map(
        ({ at, reason }) => `${times.utcCell(at)} UTC: ${pen.text(sentence(reason))}`,
      ),
    ].join(' '),
  ];
}

function stepEnding(step: StepRecord, { pen }: Writing): Marked {
  const { status, how, by, note, attempts, allowedBy } = step;
  const allowed = allowedBy === undefined ? '' : `, allowed by ${pen.text(allowedBy)}`;
  const tries = attempts > 1 ? `, after ${attempts} attempts` : '';
  const said = note ? ` ${pen.text(sentence(capital(note)))}` : '';
  const who = by === undefined ? '' : ` by ${pen.text(by)}`;
  if (how) return `${HOW_WORDS[how]}${who}${tries}${allowed}.${said}`;
  switch (status) {
    case 'skipped':
      return `${pen.strong('Skipped')}${who}.${said}`;
    case 'failed':
      return `${pen.strong('Failed')}${tries}.`;
    case 'waiting':
      return 'Not begun.';
    case 'lost':
      return `${pen.strong('Nobody knows')}: its answer was lost.`;
    case 'intended':
    case 'submitted':
    case 'succeeded':
      return 'Under way.';
  }
}

function verification({ verification }: RunRecord, { pen }: Writing): Marked {
  if (!verification) return '';
  const { rounds, passed, streak, last } = verification;
  if (rounds === 0) return 'Verification: no round was read.';
  const inRow = streak > 0 ? `, the last ${streak} in a row` : '';
  return `Verification: ${passed} of ${rounds} rounds passed${inRow}. At the end: ${latest(last, { pen })}`;
}

function monitor({ monitoring, status }: ToldPostmortem, { pen, times }: Writing): Marked {
  const isOver = status.is === 'resolved' || status.is === 'closed';
  const words = isOver ? RESULT_WORDS : { ...RESULT_WORDS, 'not-begun': 'Has not begun yet' };
  const rows = monitoring.map(({ window, from, until, rounds, passed, result, last }) => [
    pen.text(window),
    times.cell(from),
    times.cell(until),
    rounds === 0 ? '–' : `${passed} of ${rounds}`,
    result === 'failed' ? `${pen.strong(words[result])}: ${latest(last, { pen })}` : words[result],
  ]);
  return pen.table(['Window', 'From', 'Until', 'Rounds passed', 'Result'], rows);
}

function latest(last: readonly ReadingRecord[], { pen }: Pick<Writing, 'pen'>): Marked {
  return pen.text(sentence(readingsWords(last)));
}
