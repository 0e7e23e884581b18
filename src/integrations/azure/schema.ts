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

/** `azure`: the subscription, and who Backstop is there. */
export const AzureConnection = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/, abort: true })
    .refine((url) => url.startsWith('https:') || isLoopback(url), {
      error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
    })
    .default('https://management.azure.com')
    .describe('Azure Resource Manager; another address for sovereign clouds.'),
  subscriptionId: z.uuid().describe('The subscription that holds the resources.'),
  auth: AzureAuth,
});
export type AzureConnection = z.infer<typeof AzureConnection>;

/** The name of a resource group. */
export const ResourceGroup = z
  .string()
  .regex(/^[\p{L}\p{N}_().-]{1,90}$/u, 'must be the name of a resource group');

/** Seconds between two looks at something under way. */
export const PollSeconds = z
  .number()
  .positive()
  .max(60)
  .default(5)
  .describe('Seconds between two looks at a change under way.');

/** Seconds a lost request may still land. */
export const QuietSeconds = z
  .number()
  .positive()
  .max(1800)
  .default(120)
  .describe('How long a request without an answer may still be carried out by Azure.');

/** True for an address of this machine, where a simulated Azure may be spoken to without TLS. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
