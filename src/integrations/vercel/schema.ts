import { z } from 'zod';
import { ApiAddress, ApiToken } from '../json-api/address.ts';

/** `vercel`: where, and a token. */
export const VercelConnection = z.strictObject({
  baseUrl: ApiAddress.default('https://api.vercel.com'),
  token: ApiToken.describe('An access token whose scope is the one team.'),
  team: z
    .string()
    .regex(/^team_[A-Za-z0-9]{1,60}$/, 'must be the id of a team: team_…')
    .optional()
    .describe('The team that owns the projects; without it they are the user’s own.'),
});
export type VercelConnection = z.infer<typeof VercelConnection>;

/** A project, put back to an earlier production deployment. */
export const VercelProjectSettings = z.strictObject({
  project: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be the name or id of a project')
    .describe('Its name or its id, prj_….'),
});
export type VercelProjectSettings = z.infer<typeof VercelProjectSettings>;
