import { z } from 'zod';
import { Argv, safetyMinutes } from '../command/operation-settings.ts';
import {
  absolutePath,
  refuseSeenSecrets,
  type Surroundings,
  surroundings,
} from '../command/where.ts';

const relativePath = z
  .string()
  .regex(/^[A-Za-z0-9_.][\w./-]{0,200}$/, 'must be a path below the directory of the code')
  .refine((path) => !path.split('/').includes('..'), { error: 'must not go up with ..' });

const { where, env, secretEnv } = surroundings;

/** The schema of one database, as the migrations of its code made it. */
export const MigrationsSettings = z
  .strictObject({
    tool: z.enum(['knex', 'sequelize', 'prisma', 'django', 'rails']),
    run: Argv.describe(
      'How the tool is called in the directory of the code, such as [node_modules/.bin/knex].',
    ),
    where,
    env,
    secretEnv,
    newer: absolutePath.describe(
      'Where the code of the newer release is, which alone knows the way down.',
    ),
    older: absolutePath
      .optional()
      .describe('Where the code is that is to run again; says which migrations it knows.'),
    migrations: relativePath
      .optional()
      .describe('Where the migrations are below it, unless it is the usual place of the tool.'),
    notes: absolutePath.describe(
      'A directory of this machine where Backstop notes, before a release, which migrations ran.',
    ),
    compatible: z
      .array(z.string().min(1).max(200))
      .default([])
      .describe('Migrations with which older code can run: they stay (guide 002).'),
    database: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .describe('The component whose safety backup comes before anything is taken back.'),
    withoutBackup: z
      .string()
      .min(10)
      .max(200)
      .optional()
      .describe('Instead of `database`: why nothing is backed up first; it is said in every plan.'),
    safetyMinutes,
    downScript: relativePath
      .default('down.sql')
      .describe('Prisma only: the script in the folder of a migration that takes it back.'),
    prismaSchema: relativePath
      .optional()
      .describe('Prisma up to 6 only, which has to be told: prisma/schema.prisma.'),
    transactional: z
      .boolean()
      .optional()
      .describe(
        'Whether a migration is taken back as a whole or not at all; false on MySQL and MariaDB.',
      ),
    limitSeconds: z.number().positive().max(86_400).default(600),
    readSeconds: z.number().positive().max(60).default(25),
  })
  .superRefine((settings, context) => {
    refuseSeenSecrets(settings, context);
    if ((settings.database === undefined) !== (settings.withoutBackup === undefined)) return;
    const message =
      'must be there, the component that takes the safety backup; or else `withoutBackup`, which says why there is none';
    context.addIssue({ code: 'custom', path: ['database'], message });
  });
export type MigrationsSettings = z.infer<typeof MigrationsSettings>;

/** The surroundings of the tool in one of the two directories. */
export function surroundingsIn(settings: MigrationsSettings, directory: string): Surroundings {
  return { where: settings.where, directory, env: settings.env, secretEnv: settings.secretEnv };
}
