/** The incident as a chart: what lies where on its time axis. It says nothing of how it is drawn. */

import type { Severity } from '../../assessment.ts';
import type { Status } from '../../events.ts';
import type { Verdict } from '../../operation.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import type { RunRecord } from '../../postmortem/runs.ts';
import {
  capital,
  outcomeWords,
  RESPONSE_WORDS,
  severityWords,
  statusWords,
} from '../../timeline/wording.ts';

/** Times are epoch milliseconds; texts are raw. */
export interface Chart {
  readonly from: number;
  readonly until: number;
  /** Where the view ends at first: a while after the last that happened, where watching goes on for much longer. */
  readonly shownUntil: number;
  readonly severities: readonly Band<Severity>[];
  readonly statuses: readonly Band<Status>[];
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  readonly lines: readonly Line[];
  /** How many more lines there would be. */
  readonly linesLeftOut: number;
}

export interface Band<T> {
  readonly is: T;
  readonly title: string;
  readonly from: number;
  readonly until: number;
}

export type Tone = 'good' | 'bad' | 'neutral';

/** A run, or a step of one. */
export interface Bar {
  readonly kind: 'run' | 'step';
  /** Short, for beside the bar. */
  readonly label: string;
  readonly title: string;
  readonly from: number;
  readonly until: number;
  readonly tone: Tone;
  readonly ended: string;
}

/** A decision, an approval or another turn that people took at one moment. */
export interface Mark {
  readonly at: number;
  readonly title: string;
  readonly who: string;
  readonly isLoud: boolean;
}

/** One number that a probe measured, or its verdicts where it measures none. */
export interface Line {
  readonly title: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: number;
  readonly value: number;
  readonly verdict: Verdict;
}

/** More lines than these make a chart that nobody reads. */
const MOST_LINES = 6;
/** More points than these are told by the worst of each stretch. */
const MOST_POINTS = 400;
/** Less time than this is no chart but a dot. */
const LEAST_MS = 1000;

/** Watching that lasts for more than so many times what happened before it would leave that a few dots. */
const WATCHING = 3;
/** So much of what happened is shown beyond it. */
const BEYOND = 0.25;

/** What of the document can be drawn. */
export function chartOf(postmortem: ToldPostmortem): Chart {
  const from = Date.parse(postmortem.declared.at);
  const until = endOf(postmortem, from);
  const lines = linesOf(postmortem);
  const runs = postmortem.runs.filter(({ kind, steps }) => kind === 'verify' || steps.length > 0);
  const bars = runs.flatMap((run) => barsOf(run, until));
  const marks = marksOf(postmortem);
  const happened = [
    ...bars.map((bar) => bar.until),
    ...marks.map(({ at }) => at),
    ...statusesBeforeItsEnd(postmortem).map(({ at }) => Date.parse(at)),
    ...postmortem.readings
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ at }) => Date.parse(at)),
  ];
  return {
    from,
    until,
    shownUntil: isWatchedInTheEnd(postmortem) ? shownUntil(from, until, happened) : until,
    severities: bandsOf(postmortem.severities, ({ severity }) => severity, severityWords, until),
    statuses: bandsOf(postmortem.statuses, ({ status }) => status, statusWords, until),
    bars,
    marks,
    lines: lines.slice(0, MOST_LINES),
    linesLeftOut: Math.max(0, lines.length - MOST_LINES),
  };
}

function statusesBeforeItsEnd({ statuses }: ToldPostmortem): ToldPostmortem['statuses'] {
  return statuses.filter(({ status }) => status !== 'resolved' && status !== 'closed');
}

/** Of an incident in which people still looked for the way, its whole length is what happened. */
function isWatchedInTheEnd(postmortem: ToldPostmortem): boolean {
  return statusesBeforeItsEnd(postmortem).at(-1)?.status === 'monitoring';
}

/** @param happened when something did, or ended. */
function shownUntil(from: number, until: number, happened: readonly number[]): number {
  const last = happened.reduce((latest, at) => Math.max(latest, at), from);
  const isShort = last > from && until - from > (last - from) * (1 + WATCHING);
  return isShort ? Math.max(from + LEAST_MS, Math.round(last + (last - from) * BEYOND)) : until;
}

/** An incident that is over ends there; of one that goes on, now is the end. */
function endOf({ status, generatedAt, readings, runs }: ToldPostmortem, from: number): number {
  const isOver = status.is === 'resolved' || status.is === 'closed';
  const last = isOver ? status.since : generatedAt;
  const seen = [last, ...readings.slice(-1).map(({ at }) => at)];
  const ends = runs.flatMap(({ endedAt }) => (endedAt === undefined ? [] : [endedAt]));
  return Math.max(from + LEAST_MS, ...[...seen, ...ends].map((at) => Date.parse(at)));
}

function bandsOf<R extends { readonly at: string }, T>(
  records: readonly R[],
  what: (record: R) => T,
  words: (is: T) => string,
  end: number,
): readonly Band<T>[] {
  const bands: Band<T>[] = [];
  for (const record of records) {
    const is = what(record);
    const at = Date.parse(record.at);
    const last = bands.at(-1);
    if (last?.is === is) continue;
    if (last) bands[bands.length - 1] = { ...last, until: at };
    bands.push({ is, title: words(is), from: at, until: end });
  }
  return bands.filter((band) => band.until > band.from);
}

function barsOf(run: RunRecord, end: number): readonly Bar[] {
  const bar: Bar = {
    kind: 'run',
    label: `Run ${run.id.replace(/^.*-(?=R\d+$)/, '')}`,
    title: `${run.id}: ${run.title}`,
    from: Date.parse(run.startedAt),
    until: run.endedAt === undefined ? end : Date.parse(run.endedAt),
    tone: toneOf(run),
    ended: run.outcome === null ? 'not ended' : outcomeWords(run.outcome, run),
  };
  const steps = run.steps.flatMap((step): readonly Bar[] => {
    if (step.startedAt === undefined) return [];
    const isBad = step.status === 'failed' || step.status === 'lost';
    return [
      {
        kind: 'step',
        label: step.title,
        title: step.title,
        from: Date.parse(step.startedAt),
        until: step.endedAt === undefined ? bar.until : Date.parse(step.endedAt),
        tone: step.status === 'succeeded' ? 'good' : isBad ? 'bad' : 'neutral',
        ended: step.status,
      },
    ];
  });
  return [bar, ...steps];
}

function toneOf({ outcome }: RunRecord): Tone {
  if (outcome === 'not-recovered') return 'bad';
  return outcome === 'recovered' || outcome === 'done' ? 'good' : 'neutral';
}

function marksOf({ decisions, plans, people, quickFixes }: ToldPostmortem): readonly Mark[] {
  const marks: readonly Mark[] = [
    ...people.roles
      .filter(({ role }) => role === 'commander')
      .map(({ name, from }) => mark(from, 'Took command', name)),
    ...decisions.map(({ at, by, response }) =>
      mark(at, `Decided to ${RESPONSE_WORDS[response]}`, by, true),
    ),
    ...plans.flatMap(({ id, approvals, request }) => [
      ...(request ? [mark(request.at, `Asked for approval of ${id}`, request.by)] : []),
      ...approvals.map(({ at, by, breakGlass }) =>
        mark(
          at,
          `${breakGlass === undefined ? 'Approved' : 'Broke the glass for'} ${id}`,
          by,
          true,
        ),
      ),
    ]),
    ...quickFixes.flatMap(({ startedAt, startedBy, deployedAt, deployedBy = '' }) => [
      mark(startedAt, 'Quick fix started', startedBy),
      ...(deployedAt === undefined
        ? []
        : [mark(deployedAt, 'Quick fix deployed', deployedBy, true)]),
    ]),
  ];
  return marks.toSorted((a, b) => a.at - b.at);
}

function mark(at: string, title: string, who: string, isLoud = false): Mark {
  return { at: Date.parse(at), title, who, isLoud };
}

function linesOf({ readings }: ToldPostmortem): readonly Line[] {
  const lines = new Map<string, Point[]>();
  for (const { at, probe, verdict, values } of readings) {
    const measured = Object.entries(values);
    const told =
      measured.length > 0
        ? measured.map(([name, value]) => [`${probe}: ${nameWords(name)}`, value] as const)
        : [[`${probe}: passed`, verdict === 'pass' ? 1 : 0] as const];
    for (const [title, value] of told) {
      if (!Number.isFinite(value)) continue;
      const points = lines.get(title) ?? [];
      lines.set(title, points);
      points.push({ at: Date.parse(at), value, verdict });
    }
  }
  return [...lines].map(([title, points]) => ({
    title: capital(title),
    points: thinned(points),
  }));
}

/** `response (ms)` for `responseMs`. */
function nameWords(name: string): string {
  const unit = /^(.+?)(Ms|Percent|Seconds)$/.exec(name);
  const words = (unit?.[1] ?? name).replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase();
  const units: Readonly<Record<string, string>> = { Ms: 'ms', Percent: '%', Seconds: 's' };
  return unit ? `${words} (${units[unit[2] ?? '']})` : words;
}

/** Few enough points to draw; of each stretch the one that is worst stays, so that no failure is lost. */
function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= MOST_POINTS) return points;
  const size = Math.ceil(points.length / MOST_POINTS);
  const kept: Point[] = [];
  for (let index = 0; index < points.length; index += size) {
    const stretch = points.slice(index, index + size);
    const worst = stretch.find(({ verdict }) => verdict !== 'pass') ?? stretch[0];
    if (worst) kept.push(worst);
  }
  return kept;
}
