/** The chart of an incident as inline SVG. It is complete without a script; `data-` attributes let one zoom and point. */

import { durationWords } from '../../timeline/wording.ts';
import type { Band, Bar, Chart, Line, Mark } from './chart.ts';
import { html } from './html-text.ts';
import type { Marked } from './pen.ts';
import type { Times } from './times.ts';

/** Units of the drawing; the page scales it. */
export const PLOT = { left: 228, right: 975, width: 1000 } as const;
const BAND = 26;
const BAR = 20;
const LINE = 62;
const GAP = 12;
const AXIS = 34;
/** A label is drawn into a band that is at least so wide for each letter, also in the larger letters of a phone. */
const LETTER = 9;
const LABEL_LETTERS = 24;
/** So far beyond the plot a mark at its edge is still seen. */
const MARK = 9;
const TICK_STEPS_S = [
  1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
];
const MOST_TICKS = 8;

interface Lane {
  readonly label: string;
  readonly height: number;
  /** Made of marks, of which the outermost stand on the edges of the plot. */
  readonly isOfMarks?: boolean;
  draw(y: number): Marked;
}

/** The drawing, with a title and a description for those who do not see it. */
export function chartSvg(chart: Chart, times: Times, described: string): Marked {
  const x = scaleOf(chart);
  const lanes: readonly Lane[] = [
    ...bandLane('Severity', chart.severities, x, times),
    ...bandLane('Status', chart.statuses, x, times),
    ...(chart.marks.length > 0 ? [markLane(chart.marks, x, times)] : []),
    ...chart.bars.map((bar) => barLane(bar, x, times)),
    ...chart.lines.map((line) => lineLane(line, x, times)),
  ];
  let y = 8;
  const drawn = lanes.map((lane) => {
    const top = y;
    y += lane.height;
    const middle = top + (lane.height - GAP) / 2 + 4;
    const label = shortened(lane.label);
    return [
      `<text class="lane" x="${PLOT.left - 10}" y="${middle}"><title>${html(lane.label)}</title>${html(label)}</text>`,
      `<g clip-path="url(#${lane.isOfMarks ? 'marks' : 'plot'})">${lane.draw(top)}</g>`,
    ].join('\n');
  });
  const height = y + AXIS;
  return [
    `<svg id="chart" class="chart" viewBox="0 0 ${PLOT.width} ${height}" role="img" aria-labelledby="chart-title chart-description" data-from="${chart.from}" data-until="${chart.until}" data-shown="${chart.shownUntil}" data-left="${PLOT.left}" data-right="${PLOT.right}">`,
    '<title id="chart-title">The course of the incident</title>',
    `<desc id="chart-description">${html(described)}</desc>`,
    `<defs>${clip('plot', 0, height)}${clip('marks', MARK, height)}</defs>`,
    axis(chart, x, y),
    ...drawn,
    '</svg>',
  ].join('\n');
}

function clip(id: string, beyond: number, height: number): Marked {
  const [left, right] = [PLOT.left - beyond, PLOT.right + beyond];
  return `<clipPath id="${id}"><rect x="${left}" y="0" width="${right - left}" height="${height}"/></clipPath>`;
}

type Scale = (at: number) => number;

/** What lies beyond the view is drawn beyond the plot, which is cut off there. */
function scaleOf({ from, until, shownUntil }: Chart): Scale {
  const span = PLOT.right - PLOT.left;
  return (at) =>
    round(PLOT.left + (Math.min(Math.max(at, from), until) - from) * (span / (shownUntil - from)));
}

function axis(chart: Chart, x: Scale, y: number): Marked {
  const step =
    (TICK_STEPS_S.find((s) => (chart.shownUntil - chart.from) / 1000 / s <= MOST_TICKS) ??
      604_800) * 1000;
  const ticks: Marked[] = [];
  for (let at = Math.ceil(chart.from / step) * step; at <= chart.shownUntil; at += step) {
    const label = tickOf(at, step);
    ticks.push(
      `<g class="tick" transform="translate(${x(at)} 0)"><line y1="4" y2="${y}"/><text y="${y + 16}">${label}</text></g>`,
    );
  }
  return `<g id="ticks" data-y="${y}">${ticks.join('')}</g><text class="lane" x="${PLOT.left - 10}" y="${y + 16}">UTC</text>`;
}

/** A clock; at midnight the date. The page’s script writes the same. */
function tickOf(at: number, step: number): string {
  if (at % 86_400_000 === 0) return new Date(at).toUTCString().slice(5, 11);
  return new Date(at).toISOString().slice(11, step < 60_000 ? 19 : 16);
}

function bandLane<T extends string>(
  label: string,
  bands: readonly Band<T>[],
  x: Scale,
  times: Times,
): readonly Lane[] {
  if (bands.length === 0) return [];
  const draw = (y: number): Marked =>
    bands
      .map(({ is, title, from, until }) => {
        const [left, right] = [x(from), x(until)];
        const fits = Math.min(right, PLOT.right) - left >= title.length * LETTER + 8;
        const tip = tipOf(title, from, until, times);
        return `<g data-from="${from}" data-until="${until}" data-tip="${tip}"><title>${tip}</title><rect class="band ${is}" x="${left}" y="${y}" width="${wide(left, right)}" height="${BAND}"/><text class="in ${is}${fits ? '' : ' unfit'}" x="${left + 6}" y="${y + 17}">${html(title)}</text></g>`;
      })
      .join('\n');
  return [{ label, height: BAND + GAP, draw }];
}

function barLane(bar: Bar, x: Scale, times: Times): Lane {
  const { kind, title, from, until, tone, ended } = bar;
  const draw = (y: number): Marked => {
    const [left, right] = [x(from), x(until)];
    const inset = kind === 'step' ? 4 : 0;
    const tip = `${tipOf(title, from, until, times)}: ${html(ended)}`;
    return `<g data-from="${from}" data-until="${until}" data-tip="${tip}"><title>${tip}</title><rect class="bar ${kind} ${tone}" x="${left}" y="${y + inset / 2}" width="${wide(left, right)}" height="${BAR - inset}" rx="3"/></g>`;
  };
  return { label: bar.label, height: BAR + GAP / 2, draw };
}

function markLane(marks: readonly Mark[], x: Scale, times: Times): Lane {
  const draw = (y: number): Marked =>
    marks
      .map(({ at, title, who, isLoud }) => {
        const tip = `${html(title)}, ${html(who)}, ${times.utcClock(at)} UTC`;
        const size = isLoud ? 8 : 5;
        return `<g data-at="${at}" data-tip="${tip}" transform="translate(${x(at)} ${y + BAND / 2})"><title>${tip}</title><circle class="hit" r="11"/><path class="mark${isLoud ? ' loud' : ''}" d="M0 ${-size}L${size} 0L0 ${size}L${-size} 0Z"/></g>`;
      })
      .join('\n');
  return { label: 'Decisions', height: BAND + GAP, isOfMarks: true, draw };
}

function lineLane({ title, points }: Line, x: Scale, times: Times): Lane {
  const values = points.map(({ value }) => value);
  const most = Math.max(...values);
  const least = Math.min(0, ...values);
  const at = (value: number): number => (most === least ? 0.5 : (value - least) / (most - least));
  const draw = (y: number): Marked => {
    const height = (value: number): number => round(y + LINE - 6 - at(value) * (LINE - 14));
    const path = points.map((point) => `${x(point.at)},${height(point.value)}`).join(' ');
    const data = points.map((point) => `${point.at},${height(point.value)}`).join(' ');
    return [
      `<line class="base" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y + LINE - 6}" y2="${y + LINE - 6}"/>`,
      `<g clip-path="url(#plot)"><polyline class="line" data-points="${data}" points="${path}"/></g>`,
      ...points.map((point) => {
        const tip = `${html(title)}: ${point.value}, ${point.verdict}, ${times.utcClock(point.at)} UTC`;
        return `<g data-at="${point.at}" data-tip="${tip}" transform="translate(${x(point.at)} ${height(point.value)})"><title>${tip}</title><circle class="hit" r="9"/>${dot(point.verdict)}</g>`;
      }),
      `<text class="most" text-anchor="end" x="${PLOT.right - 4}" y="${y + 4}">${short(most)}</text>`,
    ].join('\n');
  };
  return { label: title, height: LINE + GAP, isOfMarks: true, draw };
}

/** Told by their form as well as by their colour. */
function dot(verdict: Line['points'][number]['verdict']): Marked {
  if (verdict === 'pass') return '<circle class="dot pass" r="2.6"/>';
  if (verdict === 'unknown') return '<circle class="dot unknown" r="3.4"/>';
  return `<path class="dot ${verdict}" d="M-4 -4L4 4M-4 4L4 -4"/>`;
}

function tipOf(title: string, from: number, until: number, times: Times): Marked {
  return `${html(title)}, ${times.utcClock(from)} to ${times.utcClock(until)} UTC (${durationWords(until - from)})`;
}

function shortened(label: string): string {
  const letters = Array.from(label);
  return letters.length <= LABEL_LETTERS
    ? label
    : `${letters.slice(0, LABEL_LETTERS - 1).join('')}…`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function wide(left: number, right: number): number {
  return round(Math.max(right - left, 2));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
