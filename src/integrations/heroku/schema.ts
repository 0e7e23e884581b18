import { z } from 'zod';
import { ApiAddress, ApiToken } from '../json-api/address.ts';

/** `heroku`: where, and a token. */
export const HerokuConnection = z.strictObject({
  baseUrl: ApiAddress.default('https://api.heroku.com'),
  token: ApiToken.describe('Of an authorization with the scope write-protected.'),
});
export type HerokuConnection = z.infer<typeof HerokuConnection>;

/** An app, put back to an earlier release, restarted, scaled. */
export const HerokuAppSettings = z.strictObject({
  app: z.string().regex(/^[a-z][a-z0-9-]{1,28}[a-z0-9]$/, 'must be the name of an app'),
  processType: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a process type')
    .default('web')
    .describe('The process type whose dynos are scaled.'),
  maxDynos: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('How many dynos people may scale to: they cost money.'),
});
export type HerokuAppSettings = z.infer<typeof HerokuAppSettings>;
