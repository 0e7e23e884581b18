import { z } from 'zod';
import { FlagName } from '../flags/index.ts';
import { ApiAddress, ApiToken } from '../json-api/address.ts';

/** `launchdarkly`: where, and a token. */
export const LaunchDarklyConnection = z.strictObject({
  baseUrl: ApiAddress.default('https://app.launchdarkly.com').describe(
    'https://app.eu.launchdarkly.com for the EU instance, https://app.launchdarkly.us for the federal one.',
  ),
  token: ApiToken.describe('An access token; a service token with a role of its own.'),
});
export type LaunchDarklyConnection = z.infer<typeof LaunchDarklyConnection>;

const key = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a key of LaunchDarkly');

/** Flags of one project in one environment. */
export const LaunchDarklySettings = z.strictObject({
  project: key,
  environment: key.describe('The environment key, such as production.'),
  flags: z
    .array(FlagName)
    .min(1)
    .max(100)
    .describe('The keys of the flags that may be switched; no other ever is.'),
});
export type LaunchDarklySettings = z.infer<typeof LaunchDarklySettings>;
