import { z } from 'zod';
import { Argv, placeholdersOf } from '../command/operation-settings.ts';
import { absolutePath, refuseSeenSecrets, surroundings } from '../command/where.ts';
import { DatabaseName, restoreSettings } from '../database/schema.ts';

const Login = z.strictObject({
  user: z.string().min(1).max(200).optional(),
  password: z.string().min(1).max(1_000).optional().meta({ secret: true }),
});

const MongoServer = Login.extend({
  uri: z
    .string()
    .regex(
      /^mongodb(\+srv)?:\/\/[^@/?\s]+(\/(\?[^\s]*)?)?$/,
      'must be mongodb://hosts/?options, without user, password or database',
    )
    .refine((uri) => !/[?&](tls|ssl|retryWrites|readPreference|appName)/i.test(uri), {
      error: 'must leave tls, retries and read preference to Backstop',
    })
    .describe('Hosts and options, such as mongodb://db1,db2/?replicaSet=rs0&authSource=admin.'),
  tls: z
    .enum(['disable', 'verify-full'])
    .default('verify-full')
    .describe('disable only for this machine or a network of your own.'),
  caFile: absolutePath.optional().describe('The certificate authority.'),
});

const seconds = z.number().positive().max(25).default(10);

/** How the application is told which database it uses: MongoDB renames none. */
const UsedDatabase = z
  .strictObject({
    ...surroundings,
    read: Argv.describe('Reads only, and prints the name of the database that is used.'),
    set: Argv.describe('Sets it to {database}, for all that is started from then on.'),
    limitSeconds: seconds,
  })
  .superRefine((settings, context) => {
    refuseSeenSecrets(settings, context);
    const names = placeholdersOf(settings.set);
    if (names.length === 0 || names.some((name) => name !== 'database')) {
      const message = 'must use {database}, and no other parameter';
      context.addIssue({ code: 'custom', path: ['set'], message });
    }
  });

/** One MongoDB database, its backups in a directory of this machine, and MongoDB's tools there. */
export const MongodbSettings = z.strictObject({
  database: DatabaseName.describe(
    'Its first name. A restored one is called by it, _new_ and a time.',
  ),
  server: MongoServer,
  restoreAs: Login.optional().describe('Another account for restores; `server` only reads then.'),
  tools: absolutePath.default('/usr/bin').describe('Directory of mongodump and mongorestore.'),
  used: UsedDatabase,
  ...restoreSettings,
  timestampColumns: restoreSettings.timestampColumns.describe(
    'Dates that tell when a document was written; a collection whose documents have none is unknown. Where all that they have are called like `createdAt`, they tell only which documents were added.',
  ),
});
export type MongodbSettings = z.infer<typeof MongodbSettings>;
