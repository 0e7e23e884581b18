/**
 * The way into a registry of Azure for an identity of Azure (github.com/Azure/acr, docs/AAD-OAuth.md): its token is exchanged for a
 * refresh token of the registry, and that for an access token to one repository. Both are had by POST, and change nothing.
 */

import { z } from 'zod';
import { createCredential } from '../azure/credential.ts';
import { AzureConnection } from '../azure/schema.ts';
import { unanswered } from '../failure.ts';
import type { Speech } from '../json-api/failures.ts';
import { createJsonApi } from '../json-api/index.ts';
import { untilAborted } from '../until-aborted.ts';

/** What the token of the identity is for. One for all of Azure Resource Manager is taken by some registries only. */
const AUDIENCE = 'https://containerregistry.azure.net/.default';

/** As `@azure/container-registry` 1.1.2 sends it. */
const VERSION = 'api-version=2021-07-01';

const Refresh = z.object({ refresh_token: z.string().min(1) });
const Access = z.object({ access_token: z.string().min(1) });

/** Gives a token that may read one repository. @throws OutsideError; the signal's reason when it was aborted. */
export type SignIn = (
  to: {
    readonly server: string;
    readonly address: string;
    readonly repository: string;
    readonly on: string;
    readonly speech: Speech;
  },
  signal: AbortSignal,
) => Promise<string>;

/** @param connection `azure` of the configuration, whose identity signs in. Throws ZodError on what was not parsed. */
export function createAzureSignIn(connection: unknown): SignIn {
  const credential = createCredential(AzureConnection.parse(connection).auth);

  return async ({ server, address, repository, on, speech }, signal) => {
    const attempted = 'get a token to look';
    /** What is given for the token is of the kind that the form calls its grant. */
    const exchange = async <T>(
      path: string,
      form: { readonly grant_type: string; readonly given: string; readonly scope?: string },
      answer: z.ZodType<T>,
    ): Promise<T> => {
      const { grant_type, given, ...scope } = form;
      const api = createJsonApi(address, {}, { ...speech, secrets: [...speech.secrets, given] });
      const fields = { grant_type, service: server, ...scope, [grant_type]: given };
      return (
        await api.read({ attempted, on, path: `${path}?${VERSION}`, form: fields }, answer, signal)
      ).body;
    };
    const { refresh_token: given } = await exchange(
      '/oauth2/exchange',
      { grant_type: 'access_token', given: await identityToken() },
      Refresh,
    );
    const scope = `repository:${repository}:pull`;
    const form = { grant_type: 'refresh_token', given, scope };
    return (await exchange('/oauth2/token', form, Access)).access_token;

    async function identityToken(): Promise<string> {
      try {
        const asked = credential.getToken(AUDIENCE, { abortSignal: signal });
        return (await Promise.race([asked, untilAborted(signal)]))?.token ?? '';
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const next = () =>
          'Check `azure.auth`: whether that identity is to be had where Backstop runs; `backstop doctor` tells.';
        const request = { system: 'Azure', attempted, on, asked: 'read', next } as const;
        throw unanswered(request, error, { gaveUp: undefined, secrets: [], isLogin: true });
      }
    }
  };
}
