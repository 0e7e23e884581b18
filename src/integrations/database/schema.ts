/** What every kind of database whose backups are in a directory is set up with. */

import { z } from 'zod';
import { Argv } from '../command/operation-settings.ts';
import { absolutePath, refuseSeenSecrets, surroundings } from '../command/where.ts';

/** Plain names only, short enough that what Backstop makes of them fits into the 63 characters of PostgreSQL and MySQL's 64. */
export const DatabaseName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,39}$/, 'must be a name of up to 40 letters, digits, _ and -');

const minutes = z
  .number()
  .positive()
  .max(7 * 24 * 60);

const Fetch = z
  .strictObject({
    ...surroundings,
    run: Argv,
    everyMinutes: z.number().min(1).max(1_440).default(15).describe('How often at most.'),
    limitSeconds: z.number().positive().max(86_400).default(600),
  })
  .superRefine(refuseSeenSecrets)
  .describe(
    'A command that brings backups from object storage into the directory, under another name until they are whole: `aws s3 sync …`.',
  );

export const restoreSettings = {
  backups: absolutePath.describe(
    'The directory of backups, made by the dump tool of the system: see its README.',
  ),
  fetch: Fetch.optional(),
  exports: absolutePath
    .optional()
    .describe('Where exports go; `exports` in the backups unless given.'),
  timestampColumns: z
    .array(z.string().min(1).max(63))
    .min(1)
    .default(['updated_at', 'created_at', 'updatedAt', 'createdAt'])
    .describe(
      'Columns that tell when a row was written; what has none of them is unknown. Where all that a table has are called like `created_at`, they tell only which rows were added.',
    ),
  listed: z
    .int()
    .min(1)
    .max(100)
    .default(20)
    .describe('How many of the newest backups are offered.'),
  backupMinutes: minutes
    .default(60)
    .describe('The longest a backup, or reading one to its end, may take.'),
  restoreMinutes: minutes.default(240),
};

const Restorable = z.strictObject({ database: DatabaseName, ...restoreSettings });
export type RestoreSettings = z.infer<typeof Restorable>;
