import { z } from 'zod';
import type { Verdict } from '../../operation.ts';

/** What guide 004 watches after a deployment, and from where on it warns or fails. */
const MEASURES = {
  'error-rate': { failAbove: 5, warnAbove: 1, unit: ' %' },
  'response-time': { warnAbove: 2, unit: ' s' },
  disk: { warnAbove: 80, unit: ' %' },
  memory: { warnAbove: 85, unit: ' %' },
} as const satisfies Readonly<
  Record<string, { readonly failAbove?: number; readonly warnAbove: number; readonly unit: string }>
>;
const NAMES = ['error-rate', 'response-time', 'disk', 'memory'] as const;

/** The settings that every probe of a metric has. */
export const levelSettings = {
  measure: z
    .enum(NAMES)
    .optional()
    .describe(
      'What the value is, with the levels of guide 004: error-rate in percent (fails above 5, warns above 1), response-time in seconds (warns above 2), disk and memory in percent (warn above 80 and 85).',
    ),
  warnAbove: z.number().optional().describe('A larger value is a warning.'),
  failAbove: z.number().optional().describe('A larger value fails.'),
  failBelow: z.number().optional().describe('A smaller value fails: too little traffic, say.'),
  scale: z
    .number()
    .positive()
    .default(1)
    .describe('What the value is multiplied with first: 100 makes a share a percentage.'),
} as const;

interface LevelSettings {
  readonly measure?: (typeof NAMES)[number] | undefined;
  readonly warnAbove?: number | undefined;
  readonly failAbove?: number | undefined;
  readonly failBelow?: number | undefined;
  readonly scale: number;
}

/** Says what is wrong with settings by which no value could ever be bad. */
export function hasLevels({ measure, warnAbove, failAbove, failBelow }: LevelSettings): boolean {
  return [measure, warnAbove, failAbove, failBelow].some((one) => one !== undefined);
}
export const LEVELS_NEEDED = 'needs measure, warnAbove, failAbove or failBelow';

export interface Judged {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * The verdict on the values of a metric, one for each series: the worst one counts. No value, or one that is no number, says
 * nothing, and is never a pass.
 */
export function judge(values: readonly number[], settings: LevelSettings): Judged {
  const known = values.filter(Number.isFinite).map((value) => value * settings.scale);
  if (known.length === 0) {
    const reason = 'there is no value: no data, or nothing to divide by';
    return { verdict: 'unknown', reason, values: {} };
  }
  const usual = settings.measure ? MEASURES[settings.measure] : undefined;
  const unit = usual?.unit ?? '';
  const failAbove =
    settings.failAbove ?? (usual && 'failAbove' in usual ? usual.failAbove : undefined);
  const warnAbove = settings.warnAbove ?? usual?.warnAbove;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const told = (verdict: Verdict, value: number, level?: string): Judged => ({
    verdict,
    reason: `${rounded(value)}${unit}${level === undefined ? '' : `, ${level}`}`,
    values: { value },
  });
  if (failAbove !== undefined && most > failAbove) {
    return told('fail', most, `more than ${failAbove}${unit}`);
  }
  if (settings.failBelow !== undefined && least < settings.failBelow) {
    return told('fail', least, `less than ${settings.failBelow}${unit}`);
  }
  if (warnAbove !== undefined && most > warnAbove) {
    return told('warn', most, `more than ${warnAbove}${unit}`);
  }
  return told('pass', most);
}

/** Three digits are enough for people. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
