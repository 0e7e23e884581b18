/** Results as people and programs read them. */

import { availableParallelism, cpus } from 'node:os';
import type { Figure, Result, Spread } from './figure.ts';

/** One JSON object: the medians, the target in words, and whether it is met. */
export function asJson({ figure, ours, limit, ratio, ok }: Result): string {
  return JSON.stringify({
    name: figure.name,
    unit: figure.unit,
    ours: rounded(ours.median),
    limit: ratio === undefined ? null : rounded(limit.median),
    ratio: ratio === undefined ? null : rounded(ratio.median),
    target: targetOf(figure),
    ok,
  });
}

/** One line for a terminal. */
export function asText({ figure, ours, limit, ratio, ok }: Result): string {
  const against = ratio
    ? `limit ${rounded(limit.median)} ${figure.unit}, ${rounded(ratio.median)}x`
    : '';
  const measured = `${rounded(ours.median)} ${figure.unit}`;
  return `${ok ? 'ok  ' : 'MISS'} ${figure.name.padEnd(34)} ${measured.padEnd(16)} ${against.padEnd(32)} (${targetOf(figure)})`;
}

/** The table of docs/performance.md, with the machine it was measured on. */
export function markdownTable(results: readonly Result[], runs: number): string {
  const rows = results.map(({ figure, ours, limit, ratio, ok }) => [
    `\`${figure.name}\`: ${figure.what}`,
    `${spread(ours)} ${figure.unit}`,
    ratio ? `${figure.limit}: ${spread(limit)} ${figure.unit}` : figure.limit,
    ratio ? `${spread(ratio)}x` : '',
    targetOf(figure),
    ok ? 'yes' : '**no**',
  ]);
  const head = ['figure', 'ours', 'limit', 'ratio', 'target', 'met'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown model'}`;
  return `Node ${process.version.slice(1)}, ${machine}; minimum / median / maximum of ${runs} runs.\n\n${lines.join('\n')}\n`;
}

/** The page with this table in place of the one of the same major version. @throws Error when it has no place for it. */
export function withTable(page: string, version: string, table: string): string {
  const [major = ''] = version.split('.');
  const place = new RegExp(`(<!-- Node ${major} -->\n)[^]*?(<!-- end of Node ${major} -->)`);
  if (!place.test(page)) throw new Error(`The page has no marks for a table of Node ${major}.`);
  return page.replace(place, (_all, begin: string, end: string) => `${begin}\n${table}\n${end}`);
}

/** `≤ 1.3x`, `≤ limit + 50 ms`, `≤ 1.05x + 50 ms`, `≤ 50 ms`. */
function targetOf({ target, unit }: Figure): string {
  const { is, times, plus } = target;
  const limit = times === 1 && plus !== undefined ? 'limit' : `${times}x`;
  const parts = [times === 0 ? '' : limit, plus === undefined ? '' : `${plus} ${unit}`];
  return `${is === 'at most' ? '≤' : '≥'} ${parts.filter((part) => part !== '').join(' + ')}`;
}

function spread({ min, median, max }: Spread): string {
  return [min, median, max].map(rounded).join(' / ');
}

/** Three digits that count; no fraction from 100 on. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
