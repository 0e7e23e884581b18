/** The story of an incident in a few sentences, for a reader who was not there. */

import { type Incident, isOpen } from '../incident.ts';
import type { EndedHow } from '../playbook-progress.ts';
import type { PlainWords } from '../timeline/plain-words.ts';
import {
  capital,
  decisionWords,
  durationWords,
  listWords,
  outcomeWords,
  sentence,
  severityWords,
} from '../timeline/wording.ts';
import { statusWord } from '../vocabulary.ts';
import type { DecisionRecord, SeverityRecord } from './decisions.ts';
import type { DurationRecord, Milestone } from './durations.ts';
import type { PlanRecord } from './plans.ts';
import type { PlaybookRecord } from './playbooks.ts';
import { isUntouched, type RunRecord, type StepRecord } from './runs.ts';
import type { QuickFixRecord } from './watches.ts';

export interface Facts {
  readonly severities: readonly SeverityRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly plans: readonly PlanRecord[];
  readonly runs: readonly RunRecord[];
  readonly quickFixes: readonly QuickFixRecord[];
  readonly durations: readonly DurationRecord[];
  readonly playbooks: readonly PlaybookRecord[];
}

/** Sentences in the order things happened, each complete in itself. */
export function summaryOf(
  incident: Incident,
  serviceTitle: string,
  facts: Facts,
  words: PlainWords,
): readonly string[] {
  const { decisions, quickFixes, plans, runs, durations, playbooks } = facts;
  const turns = [
    ...decisions.map((one, index) => ({ at: one.at, says: decided(one, index, durations) })),
    ...playbooks.map((one) => ({ at: one.started.at, says: followed(one) })),
    ...quickFixes.map((one) => ({ at: one.startedAt, says: quickFix(one) })),
    ...plans.filter(isNoteworthy).map((one) => ({ at: one.shownAt, says: plan(one, runs) })),
    ...runs
      .filter(({ kind }) => kind === 'verify')
      .map((one) => ({ at: one.startedAt, says: checked(one, incident) })),
  ];
  return [
    opening(incident, serviceTitle, facts, words),
    ...turns.sort((a, b) => a.at.localeCompare(b.at)).map(({ says }) => says),
    ...(isUntouched(runs) ? ['Backstop carried out no step of a plan in this incident.'] : []),
    closing(incident, durations, words),
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
  const rated = `${declared}, rated ${severityWords(severity.severity)}`;
  if (severity.override !== undefined) {
    return sentence(`${rated} by ${severity.by}, who gave as reason: ${severity.override}`);
  }
  return sentence(`${rated} because ${listWords(severity.reasons)}`);
}

function decided(
  { response, override, recommended, by }: DecisionRecord,
  index: number,
  durations: readonly DurationRecord[],
): string {
  const ms = index === 0 ? msOf('decide', durations) : null;
  const when = ms === null ? '' : `After ${durationWords(ms)} `;
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

/** Plans of a quick fix, plans that a newer one replaced, and those with nothing to do say nothing that the rest does not. */
function isNoteworthy({ kind, fate, steps }: PlanRecord): boolean {
  return kind !== 'quick-fix' && kind !== 'verify' && fate !== 'superseded' && steps.length > 0;
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
function checked(run: RunRecord, { release }: Incident): string {
  if (!release || run.outcome !== 'recovered' || run.ms === null) return ran(run);
  return `Verification in run ${run.id} took ${durationWords(run.ms)}, and the service was healthy.`;
}

function ran({ id, kind, ms, outcome, halted, reason, steps }: RunRecord): string {
  const subject = kind === 'verify' ? `Verification in run ${id}` : `run ${id}`;
  if (outcome === null) {
    return halted
      ? `${subject} is halted: ${sentence(halted.reason)}`
      : `${subject} is still at work.`;
  }
  const took = ms === null ? `${subject} ended` : `${subject} took ${durationWords(ms)}`;
  const isPlain = outcome === 'recovered' || outcome === 'done';
  const why = reason === undefined || isPlain ? '.' : `: ${sentence(reason)}`;
  const left = steps.filter(({ status }) => status === 'skipped').map(skipped);
  const byHand = steps.filter(({ how }) => how === 'person').map(doneByHand);
  if (outcome === 'done') return `${[took, ...left, ...byHand].join(', ')}.`;
  return `${[took, ...left, ...byHand].join(', ')}, and ${outcomeWords(outcome, { id, kind })}${why}`;
}

function skipped({ title, by }: StepRecord): string {
  return `with “${title}” skipped by ${by}`;
}

function doneByHand({ title, by }: StepRecord): string {
  return `with “${title}” done by hand by ${by}`;
}

function closing(
  incident: Incident,
  durations: readonly DurationRecord[],
  words: PlainWords,
): string {
  const what = incident.release ? 'release' : 'incident';
  const recovered = msOf('recover', durations);
  const back = incident.release?.rolledBack;
  const rolledBack = back ? `Run ${back.run} rolled the release back. ` : '';
  if (back && !isOpen(incident))
    return `Run ${back.run} rolled the release back, and it has ended.`;
  if (isOpen(incident)) {
    const isWell = recovered !== null && incident.status === 'monitoring' && !incident.release;
    const well = isWell
      ? `The service was healthy again ${durationWords(recovered)} after the declaration. `
      : '';
    return `${rolledBack}${well}The ${what} is not over: its status is ${statusWord(incident.status)}.`;
  }
  const resolved = msOf('resolve', durations);
  const why = incident.statusReason && incident.status === 'resolved' ? incident.statusReason : '';
  const after = resolved === null ? '' : ` ${durationWords(resolved)} after it was declared`;
  const healthy =
    recovered === null
      ? ''
      : `The service was healthy again ${durationWords(recovered)} after the declaration. `;
  if (incident.release) {
    return why ? sentence(words.text(why)) : 'The release has ended.';
  }
  return `${healthy}The incident was resolved${after}.${why ? ` ${sentence(words.text(why))}` : ''}`;
}

function msOf(milestone: Milestone, durations: readonly DurationRecord[]): number | null {
  return durations.find((duration) => duration.milestone === milestone)?.ms ?? null;
}

function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
