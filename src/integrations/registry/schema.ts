import { z } from 'zod';

const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

/** `registries`: where images are looked for, and as whom. Only to be told where it is not one of the public ones, or not read by everybody. */
export const RegistriesConnection = z.strictObject({
  servers: z
    .record(
      z.string().regex(HOST, "must be a host as images name it, such as 'ghcr.io'"),
      z.strictObject({
        address: z
          .url({ protocol: /^https?$/ })
          .refine(
            (url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url),
            {
              error:
                'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
            },
          )
          .optional()
          .describe('Where it answers; https:// and the host unless given.'),
        login: z
          .strictObject({
            username: z.string().min(1),
            password: z
              .string()
              .min(1, 'The password must not be empty')
              .meta({ secret: true })
              .describe('A token that may pull, and no more.'),
          })
          .optional()
          .describe('Who Backstop is there; nobody unless given.'),
        identity: z
          .literal('azure')
          .optional()
          .describe(
            'In place of a login, for *.azurecr.io: the identity in `azure`, which needs the role AcrPull.',
          ),
      }),
    )
    .superRefine((servers, context) => {
      for (const [server, { login, identity }] of Object.entries(servers)) {
        if (identity === undefined) continue;
        const path = [server, 'identity'];
        if (login) {
          const message = 'must not be given beside login: Backstop is one of them there';
          context.addIssue({ code: 'custom', path, message });
        }
        if (!server.endsWith('.azurecr.io')) {
          const message = 'must only be given for a registry of Azure, *.azurecr.io';
          context.addIssue({ code: 'custom', path, message });
        }
      }
    })
    .default({})
    .describe('By the host that images of it begin with.'),
});
export type RegistriesConnection = z.infer<typeof RegistriesConnection>;
