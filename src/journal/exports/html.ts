import { createHash } from 'node:crypto';
import { isReleaseId } from '../../incident.ts';
import { mapped } from '../../lazily.ts';
import type { Milestone } from '../../postmortem/durations.ts';
import type { TimelineRecord, ToldPostmortem } from '../../postmortem/postmortem.ts';
import { capital, durationWords, severityWords, statusWords } from '../../timeline/wording.ts';
import { type Chart, chartOf } from './chart.ts';
import { chartSvg } from './chart-svg.ts';
import { SCRIPT } from './html-script.ts';
import { STYLE } from './html-style.ts';
import { HTML, html, slug, table, tableParts } from './html-text.ts';
import { aPlace, around, isEmpty } from './parts.ts';
import type { Marked, Writing } from './pen.ts';
import { SEAL_NAME, sealText } from './seal.ts';
import {
  factRows,
  isTurningPoint,
  narrowed,
  note,
  origin,
  story,
  summary,
  told,
  withoutEchoes,
} from './sections.ts';
import { createTimes } from './times.ts';

/**
 * The post-mortem as one HTML file that needs nothing else: no network, no script to be read, the same on paper. Its
 * policy (Content-Security-Policy) lets run and look like nothing but what Backstop put into it, whatever people wrote.
 */
export function writeHtml(postmortem: ToldPostmortem): string {
  return [...htmlParts(postmortem)].join('');
}

/** The same text in parts. */
export function htmlParts(postmortem: ToldPostmortem): Iterable<string> {
  const writing = { pen: HTML, times: createTimes(postmortem.zone, postmortem.declared.at) };
  const place = aPlace();
  const title = `Post-mortem ${postmortem.id}: ${postmortem.title}`;
  const parts = story(postmortem, writing);
  const text = page(
    title,
    [
      header(postmortem, writing),
      '<main>',
      contents([...titlesOf(parts), 'Timeline']),
      HTML.section('Summary', summary(postmortem, writing)),
      course(postmortem, writing),
      ...parts,
      HTML.section(
        'Timeline',
        narrowed(postmortem, writing),
        isEmpty(postmortem.timeline) ? '' : place,
      ),
      '</main>',
      `<footer><p>${origin(postmortem, writing)}</p></footer>`,
    ],
    sealText(postmortem),
  );
  return around(text, place, timeline(postmortem, writing));
}

/** A whole page around its parts, with the style of all HTML exports. */
export function page(title: string, parts: readonly Marked[], seal = ''): string {
  const policy = `default-src 'none'; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Backstop">${seal === '' ? '' : `\n<meta name="${SEAL_NAME}" content='${seal}'>`}
<title>${HTML.text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${parts.filter((part) => part !== '').join('\n')}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function header(postmortem: ToldPostmortem, writing: Writing): Marked {
  const { id, title, status } = postmortem;
  const severity = postmortem.severities.at(-1)?.severity;
  const pills = [
    ...(severity ? [`<span class="pill ${severity}">${severityWords(severity)}</span>`] : []),
    `<span class="pill ${status.is}">${statusWords(status.is)}</span>`,
  ];
  const facts = factRows(postmortem, writing).map(([name, is]) => `<dt>${name}</dt><dd>${is}</dd>`);
  return [
    '<header>',
    `<p class="over">Post-mortem ${html(id)}</p>`,
    `<h1>${HTML.text(title)}</h1>`,
    `<p>${pills.join(' ')}</p>`,
    `<dl class="facts">${facts.join('\n')}</dl>`,
    tiles(postmortem),
    note(writing),
    '</header>',
  ].join('\n');
}

const TILES: readonly Milestone[] = ['acknowledge', 'decide', 'recover', 'resolve'];

function tiles({ durations }: ToldPostmortem): Marked {
  const known = durations.filter(({ milestone, ms }) => TILES.includes(milestone) && ms !== null);
  if (known.length === 0) return '';
  const items = known.map(({ milestone, ms }) => {
    return `<li><b>${durationWords(ms ?? 0)}</b><span>to ${milestone}</span></li>`;
  });
  return `<ul class="tiles">${items.join('')}</ul>`;
}

function titlesOf(parts: readonly Marked[]): readonly string[] {
  return parts.flatMap((part) => /^<section id="[^"]*">\n<h2>([^<]*)<\/h2>/.exec(part)?.[1] ?? []);
}

function contents(titles: readonly Marked[]): Marked {
  const items = titles.map((title) => `<li><a href="#${slug(title)}">${title}</a></li>`);
  return `<nav aria-label="Contents"><ul>${items.join('')}</ul></nav>`;
}

/** The chart, the tools that the script brings to life, and the same as a table. */
function course(postmortem: ToldPostmortem, writing: Writing): Marked {
  const chart = chartOf(postmortem);
  const { from, until, shownUntil } = chart;
  const utcClock = (at: number): string => writing.times.utcClock(at);
  const described = `Time runs from left to right, from ${utcClock(from)} to ${utcClock(shownUntil)} UTC. The table below tells ${shownUntil < until ? `all of it, until ${utcClock(until)}` : 'the same'}.`;
  const cut =
    shownUntil < until
      ? ` Shown until ${utcClock(shownUntil)} UTC: after that, until ${utcClock(until)}, no step ran and no reading failed<span class="screen"> (“Show all” and the table have it)</span>.`
      : '';
  const left =
    chart.linesLeftOut > 0
      ? ` ${chart.linesLeftOut} more measurements are in the JSON export.`
      : '';
  const buttons = [
    ['in', 'Zoom in'],
    ['out', 'Zoom out'],
    ['earlier', 'Earlier'],
    ['later', 'Later'],
    ['all', 'Show all'],
  ].map(([value, label]) => `<button type="button" value="${value}">${label}</button>`);
  return HTML.section(
    isReleaseId(postmortem.id) ? 'Course of the release' : 'Course of the incident',
    [
      '<figure>',
      `<div class="view" tabindex="0" role="group" aria-label="Chart, scrolls sideways">${chartSvg(chart, writing.times, described)}</div>`,
      '<p class="hint">The chart goes on to the right: push it sideways.</p>',
      `<div id="chart-tools" class="tools" hidden>${buttons.join('')}<output>Point at something to read it.</output></div>`,
      `<figcaption class="legend">Diamonds: what people decided. Bars: runs and their steps, green where they ended well and red where not. Lines: what the probes measured; a cross is a reading that did not pass.${cut}${left}</figcaption>`,
      '</figure>',
      `<details><summary>The chart as a table</summary>${chartTable(chart, writing)}</details>`,
    ].join('\n'),
  );
}

function chartTable(chart: Chart, { times }: Writing): Marked {
  const spans = [
    ...chart.severities.map((band) => ({ ...band, what: `Severity: ${band.title}` })),
    ...chart.statuses.map((band) => ({ ...band, what: `Status: ${band.title}` })),
    ...chart.bars.map((bar) => ({
      ...bar,
      what: `${capital(bar.kind)}: ${bar.title} (${bar.ended})`,
    })),
    ...chart.marks.map((mark) => ({
      from: mark.at,
      until: mark.at,
      what: `${mark.title} (${mark.who})`,
    })),
  ].sort((a, b) => a.from - b.from);
  const rows = spans.map(({ from, until, what }) => [
    times.utcClock(from),
    until === from ? '' : times.utcClock(until),
    until === from ? '' : durationWords(until - from),
    HTML.text(what),
  ]);
  const readings = chart.lines.flatMap(({ title, points }) =>
    points.map(({ at, value, verdict }) => [
      times.utcClock(at),
      HTML.text(title),
      String(value),
      verdict,
    ]),
  );
  return [
    table(['From (UTC)', 'Until', 'Took', 'What'], rows),
    table(['UTC', 'Probe', 'Measured', 'Verdict'], readings),
  ].join('\n');
}

function timeline({ timeline }: ToldPostmortem, writing: Writing): Iterable<Marked> {
  const { pen, times } = writing;
  const zones = times.isTwofold ? ['UTC', pen.text(times.zone)] : ['UTC'];
  const rows = mapped(withoutEchoes(timeline), (entry: TimelineRecord) => [
    times.utcCell(entry.at),
    ...(times.isTwofold ? [times.localCell(entry.at)] : []),
    `<span class="kind">${entry.kind}</span>`,
    isTurningPoint(entry) ? pen.strong(pen.text(entry.who)) : pen.text(entry.who),
    told(entry, writing),
  ]);
  return tableParts([...zones, 'Kind', 'Who', 'What'], rows, 'timeline cards');
}
