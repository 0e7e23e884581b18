/** How the shop has done in the last two minutes: errors and waiting time, drawn and as a table. */

import type { Sample } from '../browser/protocol.ts';
import { formatDate } from './dates.ts';

interface ChartProps {
  readonly samples: readonly Sample[];
  readonly tz: string;
}

const WIDTH = 320;
const HEIGHT = 72;
const SLOTS = 120;
/** Errors among so many visits are the error rate. */
const WINDOW = 10;
const LISTED = 12;

/** Two lines: the share of failed visits, and how long the shop took. */
export function Chart({ samples, tz }: ChartProps) {
  const rates = samples.map((_, index) =>
    errorRate(samples.slice(Math.max(0, index - WINDOW + 1), index + 1)),
  );
  const slowest = Math.max(100, ...samples.map(({ ms }) => ms));
  const rate = Math.round((rates.at(-1) ?? 0) * 100);
  const last = samples.at(-1);
  return (
    <figure class="chart">
      <figcaption>
        <span class="key errors">Errors {rate} %</span>
        <span class="key latency">Answers in {last?.ms ?? 0} ms</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`The last ${samples.length} seconds: ${rate} % errors now, answers in ${last?.ms ?? 0} ms.`}
      >
        <path
          class="grid"
          d={`M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}M0 0.5H${WIDTH}`}
        />
        {rates.length > 0 && (
          <path class="area" d={`${path(rates)}V${HEIGHT}H${x(0, rates.length)}Z`} />
        )}
        <path class="errors" d={path(rates)} />
        <path class="latency" d={path(samples.map(({ ms }) => ms / slowest))} />
      </svg>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Answer</th>
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>
            {samples
              .slice(-LISTED)
              .reverse()
              .map(({ at, status, ms }) => (
                <tr key={at}>
                  <td>{formatDate(at / 1000, '{time_secs}', '', tz)}</td>
                  <td>{status === 0 ? 'none' : status}</td>
                  <td>{ms} ms</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Whether a visit ended as its customer wanted. */
export function isGood({ status }: Sample): boolean {
  return status >= 200 && status < 400;
}

function errorRate(samples: readonly Sample[]): number {
  return samples.filter((sample) => !isGood(sample)).length / Math.max(1, samples.length);
}

function x(index: number, count: number): number {
  return Math.round(((index + SLOTS - count) / (SLOTS - 1)) * WIDTH * 10) / 10;
}

/** A line through shares from 0 (below) to 1 (above); the newest is at the right. */
function path(shares: readonly number[]): string {
  const y = (share: number): number => Math.round((HEIGHT - 2 - share * (HEIGHT - 4)) * 10) / 10;
  const points = shares.map((share, index) => `${x(index, shares.length)} ${y(share)}`);
  return points.length === 0 ? 'M0 0' : `M${points.join('L')}`;
}
