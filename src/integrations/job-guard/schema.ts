import { z } from 'zod';
import { WorkingHours } from './working-hours.ts';

const secret = (what: string) =>
  z.string().min(1, `${what} must not be empty`).meta({ secret: true });

function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** The app's own endpoint for its jobs; the README says what it answers. */
const JobEndpoint = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, abort: true }).refine((url) => !new URL(url).password, {
      error: 'must not carry a password',
    }),
    token: secret('The token').optional().describe('Sent as a bearer token.'),
    pause: z
      .boolean()
      .default(true)
      .describe('Whether the queue is paused while a plan runs, so that no new job begins.'),
  })
  .refine(({ url, token }) => !token || url.startsWith('https:') || isLocal(url), {
    error: 'must be https where a token is sent',
    path: ['url'],
  });
export type JobEndpoint = z.infer<typeof JobEndpoint>;

const LIBRARIES = ['que', 'good_job', 'delayed_job', 'solid_queue', 'pg-boss'] as const;
export type Library = (typeof LIBRARIES)[number];

/** The job tables of a library in PostgreSQL, read only. */
const JobDatabase = z.strictObject({
  library: z.enum(LIBRARIES),
  url: secret('The connection string').describe(
    'postgres://… of a role that may read the job tables and nothing else.',
  ),
  schema: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a schema')
    .optional()
    .describe('Of the job tables; public, or pgboss for pg-boss, unless given.'),
});
export type JobDatabase = z.infer<typeof JobDatabase>;

const QUEUE_LIBRARIES = ['sidekiq', 'bullmq'] as const;

/** Queues in Redis: jobs are read there, and the queue is paused there. */
const JobRedis = z
  .strictObject({
    library: z.enum(QUEUE_LIBRARIES),
    url: secret('The address')
      .refine((url) => /^rediss?:\/\/./.test(url) && URL.canParse(url), {
        error: 'must be redis://… or rediss://…',
      })
      .describe('redis://user:password@host:6379/0 of the Redis that the queues use.'),
    queues: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('The queues of BullMQ; with Sidekiq its processes count, whatever their queues.'),
    prefix: z
      .string()
      .min(1)
      .optional()
      .describe("BullMQ's prefix, bull unless given; with Sidekiq the namespace, if there is one."),
  })
  .refine(({ library, queues }) => (library === 'bullmq') === (queues !== undefined), {
    error: 'must be given for bullmq, and only for it',
    path: ['queues'],
  });
export type JobRedis = z.infer<typeof JobRedis>;

/** The jobs that must not be interrupted: where they are read, and how long they are waited for. */
export const JobGuardSettings = z
  .strictObject({
    endpoint: JobEndpoint.optional(),
    database: JobDatabase.optional().describe(
      'Where running jobs are read; from the endpoint unless given.',
    ),
    redis: JobRedis.optional().describe(
      'Where running jobs are read, and paused where there is no endpoint.',
    ),
    jobs: z
      .array(z.string().min(1))
      .min(1)
      .default(['*'])
      .describe('Names of the jobs that must not be interrupted; * stands for any text.'),
    workingHours: WorkingHours.optional().describe(
      'Interrupted jobs go on outside of these, where the app offers it.',
    ),
    limitMinutes: z
      .number()
      .positive()
      .max(24 * 60)
      .default(30)
      .describe('How long a plan waits for running jobs before it halts.'),
    usualMinutes: z
      .number()
      .positive()
      .max(24 * 60)
      .default(5),
    pollSeconds: z.number().positive().max(60).default(5),
    quietSeconds: z
      .number()
      .positive()
      .max(600)
      .default(30)
      .describe('How long a request without an answer may still be carried out.'),
  })
  .refine(({ endpoint, database, redis }) => Boolean(endpoint ?? database ?? redis), {
    error: 'needs endpoint, database or redis',
  })
  .refine(({ database, redis }) => !(database && redis), {
    error: 'must not be given beside database: jobs run in one place',
    path: ['redis'],
  })
  .refine(({ workingHours, endpoint }) => !workingHours || endpoint, {
    error: 'needs endpoint: only the app can re-queue a job for later',
    path: ['workingHours'],
  })
  .refine(({ limitMinutes, quietSeconds }) => limitMinutes * 60 > quietSeconds, {
    error: 'must be longer than quietSeconds',
    path: ['limitMinutes'],
  });
export type JobGuardSettings = z.infer<typeof JobGuardSettings>;
