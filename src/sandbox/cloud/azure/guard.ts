import type { Answer, Call } from '../http.ts';
import { armError } from './errors.ts';

export interface Grant {
  readonly token: string;
  readonly subscription: string;
  /** Actions the caller may not do. */
  readonly denied: ReadonlySet<string>;
  /** The object id of who the token belongs to. */
  readonly caller: string;
}

/** What Resource Manager refuses before it asks the resource: the token, the API version, the subscription, the action. */
export function refuse(call: Call, grant: Grant): Answer | undefined {
  return (
    refuseCaller(call, grant.token) ??
    refuseVersion(call) ??
    refuseSubscription(call, grant.subscription) ??
    refuseAction(call, grant.denied, grant.caller)
  );
}

function refuseCaller(call: Call, token: string) {
  const challenge = {
    'www-authenticate': `Bearer authorization_uri="https://login.windows.net/common", error="invalid_token"`,
  };
  const sent = call.headers.authorization;
  if (!sent) {
    const text = "Authentication failed. The 'Authorization' header is missing.";
    return { ...armError(401, 'AuthenticationFailed', text), headers: challenge };
  }
  if (sent === `Bearer ${token}`) return undefined;
  const text = 'The access token is invalid.';
  return { ...armError(401, 'InvalidAuthenticationToken', text), headers: challenge };
}

function refuseVersion(call: Call) {
  const version = call.query.get('api-version');
  if (!version) {
    return armError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) return undefined;
  return armError(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${version}' is invalid. The supported versions are '2025-05-01,2025-03-01,2024-11-01'.`,
  );
}

function refuseSubscription(call: Call, subscription: string) {
  const asked = call.params['subscription'];
  if (asked === undefined || asked.toLowerCase() === subscription.toLowerCase()) return undefined;
  return armError(404, 'SubscriptionNotFound', `The subscription '${asked}' could not be found.`);
}

function refuseAction(call: Call, denied: ReadonlySet<string>, caller: string) {
  if (call.needs === undefined || !denied.has(call.needs)) return undefined;
  return armError(
    403,
    'AuthorizationFailed',
    `The client '${caller}' with object id '${caller}' does not have authorization to perform action '${call.needs}' over scope '${call.path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** The headers of every answer. */
export function azureHeaders(call: Call): Record<string, string> {
  const correlation = call.headers['x-ms-correlation-request-id'];
  const headers: Record<string, string> = {
    'cache-control': 'no-cache',
    'x-ms-request-id': call.exchange.id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : call.exchange.id,
    'x-ms-routing-request-id': `WESTEUROPE:${call.exchange.at}:${call.exchange.id}`,
    'x-ms-ratelimit-remaining-subscription-reads': '11998',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
  };
  const client = call.headers['x-ms-client-request-id'];
  if (typeof client === 'string') headers['x-ms-client-request-id'] = client;
  return headers;
}
