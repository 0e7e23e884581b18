/** Insights over all incidents, written as Markdown, as HTML in the style of the post-mortems, and their rows as CSV. */

import type { Milestone } from '../../postmortem/durations.ts';
import {
  FEW,
  FRESH_MS,
  type Group,
  INSIGHT_MILESTONES,
  type InsightRow,
  type Insights,
} from '../../postmortem/insights.ts';
import {
  capital,
  durationWords,
  RESPONSE_WORDS,
  severityWords,
  statusWords,
} from '../../timeline/wording.ts';
import { type Cell, csv } from './csv-text.ts';
import { page } from './html.ts';
import { HTML } from './html-text.ts';
import { MARKDOWN } from './markdown-text.ts';
import type { Marked, Pen } from './pen.ts';
import { createTimes } from './times.ts';

export type InsightsFormat = 'md' | 'html' | 'csv';

export const INSIGHTS_FORMATS: readonly InsightsFormat[] = ['md', 'html', 'csv'];

const TITLE = 'What the incidents tell';

/** The insights as one text. */
export function writeInsights(insights: Insights, format: InsightsFormat): string {
  switch (format) {
    case 'md':
      return `${MARKDOWN.blocks(`# ${TITLE}`, ...sections(insights, MARKDOWN))}\n`;
    case 'html':
      return page(TITLE, [
        `<header><h1>${TITLE}</h1></header>`,
        '<main>',
        ...sections(insights, HTML),
        '</main>',
      ]);
    case 'csv':
      return writeRows(insights);
  }
}

function sections(insights: Insights, pen: Pen): readonly Marked[] {
  const { all, byService, bySeverity, byCause, rows } = insights;
  return [
    pen.paragraph(counted(insights)),
    pen.section(
      'How long it took',
      pen.paragraph(
        'Medians, from the declaration on. “2 of 3” says of how many incidents the time is known, where not of all.',
      ),
      [all, ...byService, ...bySeverity, ...byCause].some(isFew)
        ? pen.paragraph(`Of fewer than ${FEW} incidents a median is an example, not a trend.`)
        : '',
      groups('Of', [{ ...all, name: 'All incidents' }], pen),
      groups('Service', byService, pen),
      groups('Severity', bySeverity, pen),
      groups('Cause', byCause, pen),
    ),
    pen.section('Rollbacks', pen.bullets(rollbackFacts(insights))),
    pen.section('Quick fixes', pen.bullets([quickFixFact(insights)])),
    pen.section('Restore points', restorePoints(rows, pen)),
    pen.section('Deployments before incidents', deployments(rows, pen)),
    pen.section('The incidents', incidents(rows, pen)),
  ];
}

function isFew({ incidents }: Group): boolean {
  return incidents > 0 && incidents < FEW;
}

function counted({ rows, leftOut, generatedAt }: Insights): string {
  const times = createTimes('UTC', generatedAt);
  const without = [
    ...(leftOut.private > 0 ? [`${leftOut.private} private`] : []),
    ...(leftOut.drills > 0 ? [`${leftOut.drills} for practice`] : []),
  ];
  const left = without.length > 0 ? ` Left out: ${without.join(', ')}.` : '';
  return `${numberOf(rows.length, 'incident')}, as of ${times.both(generatedAt)}.${left}`;
}

function groups(label: string, all: readonly Group[], pen: Pen): Marked {
  const head = [label, 'Incidents', ...INSIGHT_MILESTONES.map((each) => `To ${each}`)];
  return pen.table(
    head,
    all.map(({ name, incidents, median, known }) => [
      pen.text(name),
      String(incidents),
      ...INSIGHT_MILESTONES.map((milestone) => {
        const some = known[milestone] ?? incidents;
        const of = some < incidents ? ` (${some} of ${incidents})` : '';
        return `${lengthOf(median[milestone])}${of}`;
      }),
    ]),
  );
}

function rollbackFacts({ rollbacks }: Insights): readonly string[] {
  const { ended, recovered, cancelled, againstPlan } = rollbacks;
  if (ended + cancelled === 0) return ['No rollback was carried out to its end.'];
  return [
    `${recovered} of ${numberOf(ended, 'rollback')} ended in a verified recovery${share(recovered, ended)}.`,
    ...(cancelled > 0
      ? [`${cancelled} more ${cancelled === 1 ? 'was' : 'were'} cancelled on the way.`]
      : []),
    ...(againstPlan === undefined
      ? []
      : [
          `${ended === 1 ? 'It' : 'The median one'} took ${Math.round(againstPlan * 100)}% of the time that its plan said.`,
        ]),
  ];
}

function quickFixFact({ quickFixes }: Insights): string {
  const { started, deployed, withinLimit } = quickFixes;
  if (started === 0) return 'No quick fix was started.';
  return `${started} started: ${withinLimit} deployed in time${share(withinLimit, started)}, ${deployed - withinLimit} later, ${started - deployed} never.`;
}

function restorePoints(rows: readonly InsightRow[], pen: Pen): Marked {
  const known = rows.filter(({ restorePointAgeMs }) => restorePointAgeMs !== undefined);
  if (known.length === 0) {
    return pen.paragraph('No incident went back to a restore point whose age is known.');
  }
  return pen.table(
    ['Incident', 'Service', 'Age when it was declared'],
    known.map(({ id, service, restorePointAgeMs }) => [
      pen.text(id),
      pen.text(service),
      lengthOf(restorePointAgeMs),
    ]),
  );
}

function deployments(rows: readonly InsightRow[], pen: Pen): Marked {
  const fresh = rows.flatMap(({ id, suspects }) =>
    suspects
      .filter(({ liveForMs }) => liveForMs < FRESH_MS)
      .map(({ component, version, liveForMs }) => [
        pen.text(id),
        pen.text(component),
        pen.text(version),
        lengthOf(liveForMs),
      ]),
  );
  if (fresh.length === 0) {
    return pen.paragraph('No version is known to have gone live within a day before an incident.');
  }
  return pen.blocks(
    pen.paragraph(
      'Versions that had been live for less than a day when the incident was declared.',
    ),
    pen.table(['Incident', 'Component', 'Version', 'Live for'], fresh),
  );
}

function incidents(rows: readonly InsightRow[], pen: Pen): Marked {
  if (rows.length === 0) return pen.paragraph('There is none.');
  const head = [
    'Incident',
    'Declared (UTC)',
    'Where',
    'Severity',
    'Status',
    'Response',
    'To recover',
  ];
  return pen.table(
    head,
    rows.map((row) => [
      pen.text(row.id),
      stampOf(row.declaredAt),
      pen.text(`${row.service} ${row.environment}`),
      pen.text(row.severity ? severityWords(row.severity) : '–'),
      statusWords(row.status),
      row.response ? capital(RESPONSE_WORDS[row.response]) : '–',
      lengthOf(row.took.recover),
    ]),
  );
}

const ROW_MILESTONES: readonly Milestone[] = [
  'acknowledge',
  'decide',
  'approve',
  'recover',
  'resolve',
];

function writeRows({ rows }: Insights): string {
  const head = [
    'incident',
    'service',
    'environment',
    'severity',
    'status',
    'declared_utc',
    'response',
    'cause',
    ...ROW_MILESTONES.map((milestone) => `${milestone}_s`),
    'rollbacks',
    'rollbacks_recovered',
    'rollback_s',
    'rollback_planned_s',
    'quick_fixes',
    'quick_fixes_in_time',
    'restore_point_age_s',
    'suspect',
    'suspect_live_for_s',
  ];
  return csv(head, rows.map(cellsOf));
}

function cellsOf(row: InsightRow): readonly Cell[] {
  const { rollbacks, quickFixes, suspects, took } = row;
  const last = rollbacks.at(-1);
  const newest = suspects.toSorted((a, b) => a.liveForMs - b.liveForMs)[0];
  return [
    row.id,
    row.service,
    row.environment,
    row.severity ?? '',
    row.status,
    row.declaredAt,
    row.response ?? '',
    row.cause,
    ...ROW_MILESTONES.map((milestone) => seconds(took[milestone])),
    rollbacks.length,
    rollbacks.filter(({ outcome }) => outcome === 'recovered').length,
    seconds(last?.ms),
    seconds(last?.expectedMs),
    quickFixes.length,
    quickFixes.filter(({ withinLimit }) => withinLimit).length,
    seconds(row.restorePointAgeMs),
    newest ? `${newest.component} ${newest.version}` : '',
    seconds(newest?.liveForMs),
  ];
}

function seconds(ms: number | undefined): Cell {
  return ms === undefined ? '' : Math.round(ms / 1000);
}

function lengthOf(ms: number | undefined): string {
  return ms === undefined ? '–' : durationWords(ms);
}

function stampOf(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ');
}

/** A share of a few is no percentage. */
function share(part: number, whole: number): string {
  return whole < FEW ? '' : ` (${Math.round((part / whole) * 100)}%)`;
}

function numberOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
