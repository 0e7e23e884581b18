/** A job that runs now. */
export interface Job {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds, where the system keeps it. */
  readonly startedAt: number | undefined;
}

/** A job that was stopped half-way, and whom it had served already. */
export interface InterruptedJob {
  readonly id: string;
  readonly name: string;
  /** Addresses or ids of recipients; they go back to the app and nowhere else. */
  readonly served: readonly string[];
  readonly total: number | undefined;
}

/** The jobs of a service at one moment, only those that are guarded. */
export interface Jobs {
  readonly running: readonly Job[];
  readonly interrupted: readonly InterruptedJob[];
  /** Who paused the queue; undefined while it takes jobs, or where nobody can tell. */
  readonly pausedBy: string | undefined;
  /** Whether the app can re-queue a job for later; only known of an app. */
  readonly reschedules?: boolean;
  /** What takes jobs all the same while the queue is paused, in words. */
  readonly stillOpen?: string;
  /** What takes no jobs though nobody has paused the queue, in words. */
  readonly stillClosed?: string;
}

/** Where jobs are read. */
export interface JobSource {
  /** @throws OutsideError; the signal's reason when it was aborted. */
  read(signal: AbortSignal): Promise<Jobs>;
}

/** Under this name Backstop pauses queues. */
export const OWNER = 'backstop';

/** Whether a job is among those to guard: a name fits where a pattern does, with `*` for any text. */
export function isGuarded(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
  });
}

const MOST_NAMED = 5;

/** `2 jobs: MailJob since 2026-03-04 10:02 UTC, ExportJob since nobody knows when`, oldest first. */
export function jobWords(jobs: readonly Job[]): string {
  const oldestFirst = [...jobs].sort(
    (a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || (a.id < b.id ? -1 : 1),
  );
  const named = oldestFirst.slice(0, MOST_NAMED).map(({ name, startedAt }) => {
    if (startedAt === undefined) return `${name} since nobody knows when`;
    return `${name} since ${momentOf(startedAt)}`;
  });
  const more = jobs.length - named.length;
  const rest = more > 0 ? `, and ${more} more` : '';
  return `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}: ${named.join(', ')}${rest}`;
}

/** `2026-03-04 10:02 UTC` */
export function momentOf(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** `MailJob (1200 of 4000 served)` for each, without saying who. */
export function interruptedWords(jobs: readonly InterruptedJob[]): string {
  return jobs
    .map(({ name, served, total }) =>
      total === undefined
        ? `${name} (${served.length} served)`
        : `${name} (${served.length} of ${total} served)`,
    )
    .join(', ');
}
