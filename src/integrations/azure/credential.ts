import type { TokenCredential } from '@azure/identity';
import type { AzureAuth } from './schema.ts';

/** A token without an end of its own is taken as good for an hour, and asked for again then. */
const TOKEN_LIFE_MS = 3_600_000;

/** The credential of a connection. `@azure/identity` is loaded at the first token, and not at all for a fixed one. */
export function createCredential(auth: AzureAuth): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= load(auth);
      return (await credential).getToken(scopes, options);
    },
  };
}

async function load(auth: AzureAuth): Promise<TokenCredential> {
  if (auth.kind === 'token') {
    const { token } = auth;
    return {
      getToken: async () => ({ token, expiresOnTimestamp: Date.now() + TOKEN_LIFE_MS }),
    };
  }
  const identity = await import('@azure/identity');
  const retryOptions = { maxRetries: 1 };
  switch (auth.kind) {
    case 'client-secret': {
      const { tenantId, clientId, clientSecret, authorityHost } = auth;
      return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, {
        retryOptions,
        ...(authorityHost !== undefined && { authorityHost }),
      });
    }
    case 'managed-identity':
      return auth.clientId === undefined
        ? new identity.ManagedIdentityCredential({ retryOptions })
        : new identity.ManagedIdentityCredential({ clientId: auth.clientId, retryOptions });
    case 'workload-identity': {
      const { tenantId, clientId, tokenFilePath, authorityHost } = auth;
      return new identity.WorkloadIdentityCredential({
        retryOptions,
        ...(tenantId !== undefined && { tenantId }),
        ...(clientId !== undefined && { clientId }),
        ...(tokenFilePath !== undefined && { tokenFilePath }),
        ...(authorityHost !== undefined && { authorityHost }),
      });
    }
  }
}
