/** A figure of speed: what is measured, the limit that the ground sets, and how near to it we want to be. */

/** `ours` is to be at most (or, where more is better, at least) `times` the limit, plus `plus` in the figure's unit. */
export interface Target {
  readonly is: 'at most' | 'at least';
  /** 0 where there is no limit but a number: `plus` is it. */
  readonly times: number;
  readonly plus?: number;
}

export interface Figure {
  readonly name: string;
  readonly what: string;
  /** What the limit is, in words; what was measured for it is in each run. */
  readonly limit: string;
  readonly unit: 'ms' | 'µs' | '/s' | 'MiB';
  readonly target: Target;
}

/** One measurement of both sides, one right after the other. */
export interface Run {
  readonly ours: number;
  /** 0 where the figure has no limit. */
  readonly limit: number;
}

export interface Measured {
  readonly figure: Figure;
  readonly runs: readonly Run[];
}

/** Measures one or several figures, each in so many runs. */
export type Measure = (runs: number) => Promise<readonly Measured[]>;

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Result {
  readonly figure: Figure;
  readonly ours: Spread;
  readonly limit: Spread;
  /** Of ours to the limit, run by run; undefined where there is no limit. */
  readonly ratio: Spread | undefined;
  /** Judged by the median of the runs. */
  readonly ok: boolean;
}

/** What came of the runs. @throws Error when there is none. */
export function resultOf({ figure, runs }: Measured): Result {
  const { is, times, plus = 0 } = figure.target;
  // How much of what is allowed each run used.
  const over = spreadOf(runs.map(({ ours, limit }) => ours - times * limit - plus)).median;
  return {
    figure,
    ours: spreadOf(runs.map(({ ours }) => ours)),
    limit: spreadOf(runs.map(({ limit }) => limit)),
    ratio: times === 0 ? undefined : spreadOf(runs.map(({ ours, limit }) => ours / limit)),
    ok: is === 'at most' ? over <= 0 : over >= 0,
  };
}

/** @throws Error when there is no value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => percentile(sorted, share);
  return { min: at(0), median: at(0.5), max: at(1) };
}

/** The value below which that share of the sorted values lies; the nearest one. @throws Error when there is none. */
export function percentile(sorted: readonly number[], share: number): number {
  const found = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (found === undefined) throw new Error('Nothing was measured.');
  return found;
}
