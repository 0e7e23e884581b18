import { z } from 'zod';

/** `statuspage:` at the top level of the configuration: an API key of a user of the organisation. */
export const StatuspageConnection = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
      error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
    })
    .default('https://api.statuspage.io/v1')
    .describe('The REST API.'),
  apiKey: z
    .string()
    .min(1, 'The API key must not be empty')
    .describe('A key of a user (Statuspage, "API info").')
    .meta({ secret: true }),
});
export type StatuspageConnection = z.infer<typeof StatuspageConnection>;

const Id = z.string().regex(/^[a-z0-9]{4,40}$/, 'must be an id such as kctbh9vrtdwd');

/** One page, and the components of it that stand for the service. */
export const StatuspageSettings = z.strictObject({
  page: Id.describe('The id of the page (Statuspage, "API info").'),
  components: z
    .array(Id)
    .max(20)
    .default([])
    .describe('Ids of the components that show as down meanwhile; none unless given.'),
  notify: z
    .boolean()
    .default(true)
    .describe('Whether Statuspage sends e-mails to those who subscribed there.'),
});
export type StatuspageSettings = z.infer<typeof StatuspageSettings>;
