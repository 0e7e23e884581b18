import { z } from 'zod';

/** The address of an API that is given a token: https, or http to this machine; nothing secret in it. */
export const ApiAddress = z
  .url({ protocol: /^https?$/ })
  .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
    error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
  })
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
    error: 'must not carry a user name or password',
  });

/** A token of an API. */
export const ApiToken = z
  .string()
  .min(1, 'The token must not be empty')
  .regex(/^[\x21-\x7e]+$/, 'must have no space or line break in it')
  .meta({ secret: true });
