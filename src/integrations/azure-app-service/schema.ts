import { z } from 'zod';

const secret = (what: string) =>
  z.string().min(1, `${what} must not be empty`).meta({ secret: true });

const AzureAuth = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('client-secret'),
    tenantId: z.string().min(1),
    clientId: z.string().min(1),
    clientSecret: secret('The client secret'),
    authorityHost: z.url({ protocol: /^https$/ }).optional(),
  }),
  z.strictObject({
    kind: z.literal('managed-identity'),
    clientId: z.string().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('workload-identity'),
    tenantId: z.string().min(1).optional(),
    clientId: z.string().min(1).optional(),
    tokenFilePath: z.string().min(1).optional(),
    authorityHost: z.url({ protocol: /^https$/ }).optional(),
  }),
  z.strictObject({ kind: z.literal('token'), token: secret('The token') }),
]);
export type AzureAuth = z.infer<typeof AzureAuth>;

/** `connections.azure`: the subscription, and who Backstop is there. */
export const AzureConnection = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/, abort: true })
    .refine((url) => url.startsWith('https:') || isLoopback(url), {
      error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
    })
    .default('https://management.azure.com')
    .describe('Azure Resource Manager; another address for sovereign clouds.'),
  subscriptionId: z.uuid().describe('The subscription that holds the web apps.'),
  auth: AzureAuth,
});
export type AzureConnection = z.infer<typeof AzureConnection>;

const settingName = z.string().regex(/^[\w.-]+$/, 'must be the name of an app setting');

/** One web app with a production slot and a slot that holds the previous release. */
export const AzureAppServiceSettings = z.strictObject({
  resourceGroup: z
    .string()
    .regex(/^[\p{L}\p{N}_().-]{1,90}$/u, 'must be the name of a resource group'),
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
  slotUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "Where the slot is asked whether it answers; its own host name with the app's health check path unless given.",
    ),
});
export type AzureAppServiceSettings = z.infer<typeof AzureAppServiceSettings>;

/** True for an address of this machine, where a simulated Azure may be spoken to without TLS. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
