import { z } from 'zod';
import { FlagName } from '../flags/index.ts';
import { ApiAddress, ApiToken } from '../json-api/address.ts';

const pointer = z
  .string()
  .max(300)
  .regex(/^(\/([^~/]|~0|~1)*)*$/, 'must be a JSON pointer, such as /flags/new-checkout')
  .refine((text) => !/\/(__proto__|constructor|prototype)(\/|$)/.test(text), {
    error: 'must be a JSON pointer into the data',
  });
const value = z
  .union([z.string().max(200), z.number(), z.boolean(), z.null()])
  .describe('A text, a number, true, false or null.');

const HttpFlag = z
  .strictObject({
    url: ApiAddress.describe('Answers GET with JSON.'),
    pointer: pointer
      .default('')
      .describe('Where the flag stands in the answer; all of it unless given.'),
    on: value.default(true),
    off: value.default(false),
    writeUrl: ApiAddress.optional().describe('Where it is written, where that is not `url`.'),
    method: z.enum(['PUT', 'PATCH', 'POST']).default('PUT'),
    send: z
      .enum(['document', 'flag', 'value'])
      .default('document')
      .describe(
        'document: all that was read, with the flag changed; flag: an object with the flag alone at its place; value: its value alone.',
      ),
  })
  .refine(({ on, off }) => on !== off, { error: 'on and off must differ', path: ['off'] });
export type HttpFlag = z.infer<typeof HttpFlag>;

/** Flags of a service of one's own, read and written as JSON. */
export const HttpFlagSettings = z.strictObject({
  flags: z.record(FlagName, HttpFlag).refine((all) => Object.keys(all).length > 0, {
    error: 'must have at least one flag',
  }),
  token: ApiToken.optional().describe('Sent as `Authorization: Bearer …`.'),
  reachesWithin: z
    .string()
    .min(1)
    .max(60)
    .default('a time this service knows')
    .describe('How soon its readers have a change, for people: a minute.'),
});
export type HttpFlagSettings = z.infer<typeof HttpFlagSettings>;
