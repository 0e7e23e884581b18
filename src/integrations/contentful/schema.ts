import { z } from 'zod';
import { absolutePath } from '../command/where.ts';

/** `contentful`: where, and a management token. */
export const ContentfulConnection = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
      error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
    })
    .default('https://api.contentful.com')
    .describe(
      'The Content Management API; https://api.eu.contentful.com for spaces kept in Europe.',
    ),
  token: z.string().min(1, 'The token must not be empty').meta({ secret: true }),
});
export type ContentfulConnection = z.infer<typeof ContentfulConnection>;

const id = (what: string) =>
  z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, `must be the id of ${what}`);

/** The content of a space as its readers see it: the environment behind an alias, and clones of it to go back to. */
export const ContentfulEnvironmentSettings = z.strictObject({
  space: id('a space'),
  alias: id('an environment alias')
    .default('master')
    .describe('The alias the site reads; opt in under Settings > Environments.'),
  environmentPrefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{2,18}-$/, 'must be 4 to 20 of a-z, 0-9 and -, ending in -')
    .default('backstop-')
    .describe("How the ids of Backstop's own clones begin; nobody else may use it."),
  environmentLimit: z
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      'How many environments the plan allows in this space, all counted; without it only a refusal tells.',
    ),
  exports: absolutePath
    .optional()
    .describe(
      'Where content is kept that readers lose sight of; the directory `exports` beside the journal unless given.',
    ),
  editorRoles: z
    .array(id('a role'))
    .max(5)
    .refine((ids) => new Set(ids).size === ids.length, { error: 'must name each role once' })
    .default([])
    .describe(
      'Ids of the roles whose publish permission is withdrawn while content is put back; none unless given.',
    ),
});
export type ContentfulEnvironmentSettings = z.infer<typeof ContentfulEnvironmentSettings>;
