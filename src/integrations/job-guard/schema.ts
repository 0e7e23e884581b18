import { z } from 'zod';

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

/** The jobs that must not be interrupted: where they are read, and how long they are waited for. */
export const JobGuardSettings = z
  .strictObject({
    endpoint: JobEndpoint.optional(),
    database: JobDatabase.optional().describe(
      'Where running jobs are read; from the endpoint unless given.',
    ),
    jobs: z
      .array(z.string().min(1))
      .min(1)
      .default(['*'])
      .describe('Names of the jobs that must not be interrupted; * stands for any text.'),
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
  .refine(({ endpoint, database }) => endpoint !== undefined || database !== undefined, {
    error: 'needs endpoint, database or both',
  })
  .refine(({ limitMinutes, quietSeconds }) => limitMinutes * 60 > quietSeconds, {
    error: 'must be longer than quietSeconds',
    path: ['limitMinutes'],
  });
export type JobGuardSettings = z.infer<typeof JobGuardSettings>;
