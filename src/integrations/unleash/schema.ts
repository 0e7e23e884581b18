import { z } from 'zod';
import { FlagName } from '../flags/index.ts';
import { ApiAddress, ApiToken } from '../json-api/address.ts';

/** `unleash`: where, and a token. */
export const UnleashConnection = z.strictObject({
  baseUrl: ApiAddress.describe('Without /api at its end: https://unleash.example.com.'),
  token: ApiToken.describe(
    'Of a service account, or a personal access token; client tokens cannot write.',
  ),
});
export type UnleashConnection = z.infer<typeof UnleashConnection>;

const id = z.string().regex(/^[A-Za-z0-9._~-]{1,100}$/, 'must be an id of Unleash');

/** Flags of one project in one environment. */
export const UnleashSettings = z.strictObject({
  project: id.default('default'),
  environment: id.describe('The environment, such as production.'),
  flags: z
    .array(FlagName)
    .min(1)
    .max(100)
    .describe('The names of the flags that may be switched; no other ever is.'),
});
export type UnleashSettings = z.infer<typeof UnleashSettings>;
