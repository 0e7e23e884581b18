/** The story of an incident in a few sentences, for a reader who was not there. */

import type { Incident } from '../incident.ts';
import type { EndedHow } from '../playbook-progress.ts';
import type { Moment } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';
import {
  capital,
  decisionWords,
  durationWords,
  firstSentence,
  inBrackets,
  listWords,
  outcomeWords,
  readingsWords,
  sentence,
  severityWords,
} from '../timeline/wording.ts';
import { closing } from './closing.ts';
import type { StatusRecord } from './course.ts';
import type { DecisionRecord, SeverityRecord } from './decisions.ts';
import { type DurationRecord, msOf } from './durations.ts';
import type { PlanRecord } from './plans.ts';
import type { PlaybookRecord } from './playbooks.ts';
import { isUntouched, type RunRecord, type StepRecord } from './runs.ts';
import type { MonitorRecord, QuickFixRecord } from './watches.ts';

export interface Facts {
  readonly severities: readonly SeverityRecord[];
  readonly statuses: readonly StatusRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly plans: readonly PlanRecord[];
  readonly runs: readonly RunRecord[];
  readonly quickFixes: readonly QuickFixRecord[];
  readonly durations: readonly DurationRecord[];
  readonly playbooks: readonly PlaybookRecord[];
  readonly monitoring: readonly MonitorRecord[];
}

/** Sentences in the order things happened, each complete in itself. */
export function summaryOf(
  incident: Incident,
  serviceTitle: string,
  facts: Facts,
  words: PlainWords,
): readonly string[] {
  const { decisions, quickFixes, plans, runs, durations, playbooks, monitoring } = facts;
  const turns = [
    ...decisions.map((one, index) => ({ at: one.at, says: decided(one, index, durations) })),
    ...playbooks.map((one) => ({ at: one.started.at, says: followed(one) })),
    ...quickFixes.map((one) => ({ at: one.startedAt, says: quickFix(one) })),
    ...plans
      .filter((one) => isNoteworthy(one, runs))
      .map((one) => ({ at: one.shownAt, says: plan(one, runs) })),
    ...runs
      .filter(({ kind }) => kind === 'verify')
      .map((one) => ({ at: one.startedAt, says: checked(one, incident, words) })),
    ...monitoring.flatMap(troubled),
  ];
  return [
    opening(incident, serviceTitle, facts, words),
    ...turns.sort((a, b) => a.at.localeCompare(b.at)).map(({ says }) => says),
    ...(isUntouched(runs) ? ['Backstop carried out no step of a plan in this incident.'] : []),
    closing(incident, facts),
  ];
}

function opening(
  incident: Incident,
  serviceTitle: string,
  { severities }: Facts,
  words: PlainWords,
): string {
  const where = `${serviceTitle} in ${incident.environment}`;
  const who = words.who(incident.declaredBy);
  if (incident.release) {
    return `${who} announced ${words.text(incident.title)} for ${incident.environment}.`;
  }
  const declared = `${who} declared “${words.text(incident.title)}” for ${where}`;
  const severity = severities.at(-1);
  if (!severity) return `${declared}. No severity was set.`;
  const is = severityWords(severity.severity);
  if (severity.override !== undefined) {
    const self = severity.by === who;
    const rated = self ? ` and rated it ${is}` : `, rated ${is} by ${severity.by}`;
    return `${declared}${rated}, giving as reason: “${sentence(severity.override)}”`;
  }
  return sentence(`${declared}, rated ${is} because ${listWords(severity.reasons)}`);
}

function decided(
  { response, override, recommended, by }: DecisionRecord,
  index: number,
  durations: readonly DurationRecord[],
): string {
  const ms = index === 0 ? msOf('decide', durations) : null;
  const when = ms === null ? '' : `${ms < 1000 ? 'At once' : `After ${durationWords(ms)}`} `;
  const what = decisionWords(response, recommended?.response, override !== undefined);
  const told = `${when}${by} ${uncapital(what)}`;
  return sentence(override === undefined ? told : `${told}. The reason given: ${override}`);
}

function followed({ title, started, ended }: PlaybookRecord): string {
  const came: Readonly<Record<EndedHow, string>> = {
    finished: 'which was gone through to its end',
    replaced: 'and later another one in its place',
    stopped: 'and it was stopped on the way',
  };
  const end = ended ? came[ended.how] : 'which has not come to its end';
  return `${started.by} started the playbook “${title}”, ${end}.`;
}

function quickFix({ branch, ms, limitMs, withinLimit, timeUpAt }: QuickFixRecord): string {
  const limit = durationWords(limitMs);
  if (ms !== null) {
    const kept = withinLimit ? `within its ${limit}` : `beyond its ${limit}`;
    return `The quick fix on branch ${branch} was reported as deployed after ${durationWords(ms)}, ${kept}.`;
  }
  const ran = timeUpAt === undefined ? '' : ` Its ${limit} ran out.`;
  return `The quick fix on branch ${branch} was never reported as deployed.${ran}`;
}

/**
 * Plans of a quick fix, plans that a newer one replaced, those with nothing to do, and what a release does by itself and without trouble
 * say nothing that the rest does not.
 */
function isNoteworthy(
  { id, kind, fate, steps, approvals }: PlanRecord,
  runs: readonly RunRecord[],
): boolean {
  if (kind === 'quick-fix' || kind === 'verify' || fate === 'superseded') return false;
  const run = runs.find(({ plan }) => plan === id);
  const isQuiet = kind === 'release' && approvals.length === 0 && run?.outcome === 'done';
  return steps.length > 0 && !isQuiet;
}

/** A window that did not pass, or had not when people went on to something else: what was seen in it first. */
function troubled({ window, result, firstFailed }: MonitorRecord): readonly {
  readonly at: Moment;
  readonly says: string;
}[] {
  if (!firstFailed || result === 'passed') return [];
  const { at, readings } = firstFailed;
  return [{ at, says: sentence(`In the monitor window “${window}”, ${readingsWords(readings)}`) }];
}

function plan(record: PlanRecord, runs: readonly RunRecord[]): string {
  const { id, title, fate, fateWords, approvals } = record;
  const alone = approvals.find(({ breakGlass }) => breakGlass !== undefined);
  const approvers = listWords(approvals.map(({ by }) => by));
  const loud = alone
    ? `${alone.by} broke the glass, and went ahead with plan ${id} (${title}) without the approvals the policy asks for. The reason given: ${sentence(alone.breakGlass ?? '')}`
    : '';
  const run = runs.find((one) => one.plan === id);
  if (fate !== 'approved' || !run) {
    const quiet = `Plan ${id} (${title}) ${BECAME[fate]}${uncapital(fateWords)}`;
    return loud ? `${loud} ${quiet}` : quiet;
  }
  if (loud) return `${loud} ${capital(ran(run))}`;
  return approvers === ''
    ? `Plan ${id} (${title}) needed no approval of its own; ${ran(run)}`
    : `${approvers} approved plan ${id} (${title}); ${ran(run)}`;
}

/** What makes a sentence of what became of a plan. */
const BECAME: Readonly<Record<PlanRecord['fate'], string>> = {
  shown: 'was ',
  requested: 'is ',
  approved: 'was ',
  rejected: 'was ',
  expired: '',
  stale: '',
  superseded: 'was ',
};

/** A release is healthy rather than recovered: nothing was wrong before. */
function checked(run: RunRecord, { release }: Incident, words: PlainWords): string {
  const out = release?.out?.run === run.id ? release.out : undefined;
  const said = out ? `${words.who(out.by)} said that the release was out. ` : '';
  if (!release || run.outcome !== 'recovered' || run.ms === null) return `${said}${ran(run)}`;
  return `${said}Verification in run ${run.id} took ${durationWords(run.ms)}, and the service was healthy.`;
}

function ran({ id, kind, ms, outcome, halted, reason, steps }: RunRecord): string {
  const subject = kind === 'verify' ? `Verification in run ${id}` : `run ${id}`;
  if (outcome === null) {
    return halted
      ? `${subject} is halted at “${halted.step}”: ${sentence(firstSentence(halted.reason))}`
      : `${subject} is still at work.`;
  }
  const took = ms === null ? `${subject} ended` : `${subject} took ${durationWords(ms)}`;
  const isPlain = outcome === 'recovered' || outcome === 'done';
  const why = `${isPlain || reason === undefined ? '' : inBrackets(firstSentence(reason))}.`;
  const left = steps.filter(({ status }) => status === 'skipped').map(skipped);
  const byHand = steps.filter(({ how }) => how === 'person').map(doneByHand);
  const failed = steps.filter(({ status }) => status === 'failed').map(notDone);
  if (outcome === 'done') return `${[took, ...left, ...byHand].join(', ')}.`;
  return `${[took, ...left, ...byHand, ...failed].join(', ')}, and ${outcomeWords(outcome, { id, kind })}${why}`;
}

function skipped({ title, by }: StepRecord): string {
  return `with “${title}” skipped by ${by}`;
}

function notDone({ title }: StepRecord): string {
  return `could not carry out “${title}”`;
}

function doneByHand({ title, by }: StepRecord): string {
  return `with “${title}” done by hand by ${by}`;
}

function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
