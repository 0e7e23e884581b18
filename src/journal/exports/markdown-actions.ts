/** Markdown of what was planned, carried out and watched. */

import type {
  ApprovalRecord,
  PlanRecord,
  RefusedPlan,
  ReleaseChange,
} from '../../postmortem/plans.ts';
import type { Postmortem } from '../../postmortem/postmortem.ts';
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
  OUTCOME_WORDS,
  readingsWords,
  sentence,
} from '../../timeline/wording.ts';
import { blocks, bullets, code, esc, link, table } from './markdown-text.ts';
import type { Times } from './times.ts';

const HOW_WORDS: Readonly<Record<StepHow, string>> = {
  applied: 'Carried out',
  observed: 'The answer was lost; found done on a fresh look',
  already: 'Was done already, before it began',
  person: 'Done by hand',
};

const RESULT_WORDS: Readonly<Record<MonitorRecord['result'], string>> = {
  passed: 'Passed',
  failed: '**Did not pass**',
  open: 'Still open',
  'cut-short': 'Cut short: the incident was resolved before its end',
  'not-ended': 'Its end was not recorded',
  'not-begun': 'Did not begin',
};

/** Quick fixes, plans and runs in the order they came, then monitoring; says so when nothing was touched. */
export function actions(postmortem: Postmortem, times: Times): string {
  const { plans, refusedPlans, runs, quickFixes, monitoring } = postmortem;
  const shown = plans.filter(({ kind }) => kind !== 'verify' && kind !== 'quick-fix');
  const sections = [
    ...quickFixes.map((one) => ({ at: one.startedAt, section: quickFix(one, times) })),
    ...shown.map((one) => ({ at: one.shownAt, section: plan(one, times) })),
    ...refusedPlans.map((one) => ({ at: one.at, section: refused(one, times) })),
    ...runs.map((one) => ({ at: one.startedAt, section: run(one, times) })),
  ];
  return blocks(
    '## What was done',
    isUntouched(runs)
      ? 'Nothing was carried out: Backstop changed no system in this incident.'
      : '',
    ...sections.sort((a, b) => a.at.localeCompare(b.at)).map(({ section }) => section),
    monitoring.length === 0 ? '' : blocks('### Monitoring', monitor(monitoring, times)),
  );
}

/** What the rollback took back: commits and pull requests between the two releases. */
export function changes({ changes }: Postmortem): string {
  const body =
    changes.length === 0
      ? 'No plan compared two releases.'
      : blocks(
          'Between the release to go back to and the one that was live.',
          ...changes.map(releaseChange),
        );
  return blocks('## What changed in the release', body);
}

function quickFix(fix: QuickFixRecord, times: Times): string {
  const { branch, startedAt, startedBy, limitMs, extensions, timeUpAt, deployedAt, ms } = fix;
  const kept = fix.withinLimit ? 'within its time' : 'beyond its time';
  const facts = [
    `Started by ${esc(startedBy)}, ${times.both(startedAt)}, on branch ${code(branch)}, with ${durationWords(limitMs)} on the clock.`,
    ...(timeUpAt === undefined ? [] : [`The time ran out at ${times.both(timeUpAt)}.`]),
    ...extensions.map(({ at, by, until }) => {
      return `${esc(by)} gave it more time at ${times.both(at)}, until ${times.cell(until)}.`;
    }),
    deployedAt === undefined || ms === null
      ? 'It was never reported as deployed.'
      : `**Reported as deployed** by ${esc(fix.deployedBy ?? '')} after ${durationWords(ms)}, ${kept}: ${times.both(deployedAt)}.`,
  ];
  return blocks('### Quick fix', bullets(facts));
}

function plan(record: PlanRecord, times: Times): string {
  const { id, title, hash, shownAt, shownBy, request, steps, losses, undo } = record;
  const { approvals, fate, fateWords } = record;
  const facts = [
    `Shown by ${esc(shownBy)}, ${times.both(shownAt)}. Hash ${code(hash.slice(0, 12))}.`,
    ...(request ? [`Approval asked for by ${esc(request.by)}, ${times.both(request.at)}.`] : []),
    ...approvals.map((approval) => approved(approval, times)),
    ...(approvals.length > 0 && fate === 'approved' ? [] : [`**${esc(fateWords)}**`]),
    ...(losses.length > 0 ? [`Would lose: ${losses.map(esc).join('; ')}.`] : []),
    `To take it back: ${esc(sentence(undo))}`,
  ];
  const rows = steps.map((step) => [
    esc(step.title),
    step.changes.map(({ what, from, to }) => `${esc(what)}: ${esc(from)} → ${esc(to)}`).join('; '),
    step.warnings
      .map(({ name, verdict, reason }) => `${esc(name)} (${verdict}): ${esc(reason)}`)
      .join('; ') || 'All passed',
  ]);
  return blocks(
    `### Plan ${esc(id)}: ${esc(title)}`,
    bullets(facts),
    table(['Step', 'What it changes', 'Preflight checks'], rows),
  );
}

function approved({ by, at, breakGlass }: ApprovalRecord, times: Times): string {
  if (breakGlass === undefined) return `**Approved** by ${esc(by)}, ${times.both(at)}.`;
  return `**BREAK-GLASS: ${esc(by)} went ahead without the approvals the policy asks for**, ${times.both(at)}. _Why:_ ${esc(sentence(breakGlass))}`;
}

function refused({ at, reason }: RefusedPlan, times: Times): string {
  return blocks(
    '### No plan could be made',
    bullets([`${times.both(at)}: ${esc(sentence(reason))}`]),
  );
}

function run(record: RunRecord, times: Times): string {
  const { id, title, startedAt, startedBy, ms, expectedMs, outcome, reason, steps } = record;
  const expected = expectedMs > 0 ? ` (the steps usually take ${durationWords(expectedMs)})` : '';
  const ended =
    outcome === null
      ? underWay(record)
      : `**${capital(OUTCOME_WORDS[outcome])}.**${reason ? ` ${esc(sentence(reason))}` : ''}`;
  const facts = [
    `Started by ${esc(startedBy)}, ${times.both(startedAt)}.`,
    ...(ms === null ? [] : [`It took ${durationWords(ms)}${expected}.`]),
    ended,
    ...(record.verification ? [verification(record)] : []),
  ];
  const head = ['Step', 'Began', 'Ended', 'Took', 'How it ended'];
  return blocks(
    `### Run ${esc(id)}: ${esc(title)}`,
    bullets(facts),
    table(
      head,
      steps.map((step) => stepRow(step, times)),
    ),
  );
}

function underWay({ halted }: RunRecord): string {
  if (!halted) return '**It is still at work.**';
  return `**It is halted at “${esc(halted.step)}” and waits for people.** ${esc(sentence(halted.reason))}`;
}

function stepRow(step: StepRecord, times: Times): readonly string[] {
  return [
    esc(step.title),
    step.startedAt === undefined ? '–' : times.cell(step.startedAt),
    step.endedAt === undefined ? '–' : times.cell(step.endedAt),
    step.ms === null ? '–' : durationWords(step.ms),
    [
      ...step.troubles.map(
        ({ at, reason }) => `${times.utcCell(at)} UTC: ${esc(sentence(reason))}`,
      ),
      stepEnding(step),
    ].join(' '),
  ];
}

function stepEnding({ status, how, by, note, attempts }: StepRecord): string {
  const tries = attempts > 1 ? `, after ${attempts} attempts` : '';
  const said = note ? ` ${esc(sentence(note))}` : '';
  const who = by === undefined ? '' : ` by ${esc(by)}`;
  if (how) return `${HOW_WORDS[how]}${who}${tries}.${said}`;
  switch (status) {
    case 'skipped':
      return `**Skipped**${who}.${said}`;
    case 'failed':
      return `**Failed**${tries}.`;
    case 'waiting':
      return 'Not begun.';
    case 'lost':
      return '**Nobody knows**: its answer was lost.';
    case 'intended':
    case 'submitted':
    case 'succeeded':
      return 'Under way.';
  }
}

function verification({ verification }: RunRecord): string {
  if (!verification) return '';
  const { rounds, passed, streak, last } = verification;
  if (rounds === 0) return 'Verification: no round was read.';
  const inRow = streak > 0 ? `, the last ${streak} in a row` : '';
  return `Verification: ${passed} of ${rounds} rounds passed${inRow}. At the end: ${latest(last)}`;
}

function monitor(records: readonly MonitorRecord[], times: Times): string {
  const rows = records.map(({ window, from, until, rounds, passed, result, last }) => [
    esc(window),
    times.cell(from),
    times.cell(until),
    rounds === 0 ? '–' : `${passed} of ${rounds}`,
    result === 'failed' ? `${RESULT_WORDS[result]}: ${latest(last)}` : RESULT_WORDS[result],
  ]);
  return table(['Window', 'From', 'Until', 'Rounds passed', 'Result'], rows);
}

function latest(last: readonly ReadingRecord[]): string {
  return esc(sentence(readingsWords(last)));
}

function releaseChange(change: ReleaseChange): string {
  const { component, suspect, target, commits, pullRequests, url, truncated, unknown } = change;
  const compare = url === undefined ? '' : ` (${link('compare', url)})`;
  const intro = `${esc(component)}, from ${code(target)} to ${code(suspect)}${compare}:`;
  if (unknown !== undefined) return `${intro} not known. ${esc(sentence(unknown))}`;
  return blocks(
    intro,
    table(
      ['Pull request', 'Title', 'Author'],
      pullRequests.map(({ number, title, author, url }) => [
        link(`#${number}`, url),
        esc(title),
        esc(author),
      ]),
    ),
    table(
      ['Commit', 'Title', 'Author'],
      commits.map(({ id, title, author }) => [code(id.slice(0, 10)), esc(title), esc(author)]),
    ),
    commits.length + pullRequests.length === 0 ? 'No commit lies between them.' : '',
    truncated ? 'The list was cut by the system that gave it; there is more.' : '',
  );
}
