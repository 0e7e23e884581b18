import { z } from 'zod';

/** An address of your own that takes notices as JSON. */
export const WebhookSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
      error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
    })
    .describe('Takes each notice as POST.'),
  token: z
    .string()
    .min(1, 'The token must not be empty')
    .describe('Sent as `Authorization: Bearer …`.')
    .meta({ secret: true })
    .exactOptional(),
  dedupes: z
    .boolean()
    .default(false)
    .describe(
      'Whether the receiver acts once on requests with the same Idempotency-Key. Without it, a lost answer waits for a person.',
    ),
});
export type WebhookSettings = z.infer<typeof WebhookSettings>;
