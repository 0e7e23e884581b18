import { z } from 'zod';
import { ResourceGroup } from '../azure/schema.ts';

const settingName = z.string().regex(/^[\w.-]+$/, 'must be the name of an app setting');

/** Where the app itself tells how the migrations stand that it runs after a swap. */
const AppMigrations = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
      error: 'must not carry a user name or password',
    }),
    token: z.string().min(1).meta({ secret: true }).optional().describe('Sent as a bearer token.'),
  })
  .refine(({ url, token }) => !token || /^(https:|http:\/\/(localhost|127|\[::1\]))/.test(url), {
    error: 'must be https where a token is sent',
    path: ['url'],
  });
export type AppMigrations = z.infer<typeof AppMigrations>;

/** One web app with a production slot and a slot that holds the previous release. */
export const AzureAppServiceSettings = z.strictObject({
  resourceGroup: ResourceGroup,
  app: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,59}$/, 'must be the name of a web app'),
  slot: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,58}$/, 'must be the name of a deployment slot')
    .refine((name) => name.toLowerCase() !== 'production', {
      error: 'must be the slot beside production',
    })
    .default('staging'),
  versionSetting: settingName
    .default('APP_VERSION')
    .describe('The app setting with the release, set at each deployment; not a slot setting.'),
  commitSetting: settingName
    .default('APP_COMMIT')
    .describe('The app setting with the commit, set at each deployment; not a slot setting.'),
  startupSeconds: z
    .number()
    .positive()
    .max(1800)
    .default(60)
    .describe('How long the app takes to start and warm up; a swap takes about a minute more.'),
  pollSeconds: z
    .number()
    .positive()
    .max(60)
    .default(5)
    .describe(
      'Seconds between two looks at a running swap; raise it when the subscription is throttled.',
    ),
  quietSeconds: z
    .number()
    .positive()
    .max(1800)
    .default(120)
    .describe('How long a swap request without an answer may still be carried out by Azure.'),
  maxInstances: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('The most instances of its plan that people may ask for.'),
  slotUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "Where the slot is asked whether it answers; its own host name with the app's health check path unless given.",
    ),
  preview: z
    .boolean()
    .default(false)
    .describe(
      "Swap in two phases: the slot is started with production's settings first, and a second person looks at it before it goes live.",
    ),
  migrations: AppMigrations.optional().describe(
    'Where production tells how the migrations stand that it runs after a swap; a swap is done once they are.',
  ),
});
export type AzureAppServiceSettings = z.infer<typeof AzureAppServiceSettings>;
