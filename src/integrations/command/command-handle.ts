import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Handle } from '../../operation.ts';
import { KEY_VARIABLE, type Trace, traceOf } from './processes.ts';

/** By which a command is followed, and found again by another process of Backstop. */
export const CommandHandle = z.object({
  key: z.string(),
  pid: z.number(),
  started: z.string().nullable(),
  /** Of this very start, on whatever machine: keys of two Backstops may be the same. Missing in what older versions started. */
  job: z.string().optional(),
});

const JOB_VARIABLE = 'BACKSTOP_JOB';

/** What a command is started with, so that its processes are known from all others. */
export function newJob(key: string) {
  const job = randomUUID();
  return {
    env: { [KEY_VARIABLE]: key, [JOB_VARIABLE]: job },
    handle: async (pid: number): Promise<Handle> => ({ key, job, ...(await traceOf(pid)) }),
  };
}

/** What its processes have in common, and the first of them; nothing where the handle got lost. */
export function tracksOf(handle: unknown): {
  readonly mark?: string | undefined;
  readonly trace?: Trace | undefined;
} {
  const { data } = CommandHandle.safeParse(handle);
  if (!data) return {};
  return { mark: data.job === undefined ? undefined : `${JOB_VARIABLE}=${data.job}`, trace: data };
}
