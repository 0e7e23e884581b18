import { z } from 'zod';
import { ComposeProject, ServiceName } from '../command/where.ts';
import { DatabaseName } from '../database/schema.ts';
import { postgresqlRestoreSettings, RoleName } from '../postgresql/schema.ts';

const services = z
  .array(ServiceName)
  .min(1)
  .refine((all) => new Set(all).size === all.length, { error: 'must name each service once' });

/** PostgreSQL in a service of the project, its tools in the same container. */
const Database = z.strictObject({
  service: ServiceName,
  database: DatabaseName,
  user: RoleName.default('postgres').describe('A role that may make and rename databases.'),
  password: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true })
    .describe(
      'Not needed where the socket in the container trusts its users, as in the official image.',
    ),
  ...postgresqlRestoreSettings,
});

/** A docker compose project: what writes is stopped and started, its database put back. */
export const ComposeSettings = ComposeProject.extend({
  services: services.describe(
    'What writes: stopped before anything is put back, started after it.',
  ),
  stopSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(30)
    .describe('What a service gets to stop by itself.'),
  startSeconds: z
    .int()
    .min(1)
    .max(1_800)
    .default(120)
    .describe('What the services get to become healthy.'),
  database: Database.optional(),
}).superRefine(({ services: all, database }, context) => {
  if (database === undefined || !all.includes(database.service)) return;
  const message = `must not name ${database.service}, which has to run while the database is put back`;
  context.addIssue({ code: 'custom', path: ['services'], message });
});
export type ComposeSettings = z.infer<typeof ComposeSettings>;

/** A probe that asks whether services run and are healthy. */
export const ComposeProbeSettings = ComposeProject.extend({ services });
export type ComposeProbeSettings = z.infer<typeof ComposeProbeSettings>;
