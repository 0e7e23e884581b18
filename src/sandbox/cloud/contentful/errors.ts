import type { Fault, Moment } from '../faults.ts';
import type { Answer } from '../http.ts';

/** An error as the Content Management API words it: its name in `sys.id`. */
export function contentfulError(
  status: number,
  id: string,
  message: string,
  details?: unknown,
): Answer {
  const body = {
    sys: { type: 'Error', id },
    message,
    ...(details !== undefined && { details }),
    requestId: 'b6f1c7a0-3d52-4e89-9a41-7c20f5e8d913',
  };
  return { status, body };
}

export function notFound(): Answer {
  return contentfulError(404, 'NotFound', 'The resource could not be found.');
}

/** 404 for an environment that is not there, or not quite there yet. */
export function unknownEnvironment(id: string): Answer {
  return contentfulError(404, 'NotFound', 'The resource could not be found.', {
    type: 'Environment',
    id,
  });
}

/** 409: the version sent is not the current one, or none was sent. */
export function versionMismatch(): Answer {
  return contentfulError(409, 'VersionMismatch', 'The version number you supplied is invalid.');
}

export function accessDenied(reasons: string): Answer {
  const text = 'The access token you provided does not have the required permissions.';
  return contentfulError(403, 'AccessDenied', text, { reasons });
}

/** 403 for the environment that the plan has no room for. */
export function quotaReached(): Answer {
  return contentfulError(403, 'AccessDenied', 'Forbidden', {
    reasons:
      'Usage exceeded: you have reached the limit of environments for your space. Delete one or upgrade.',
  });
}

export function validationFailed(message: string, path: string): Answer {
  const details = { errors: [{ name: 'invalid', path: [path], details: message }] };
  return contentfulError(422, 'ValidationFailed', message, details);
}

/** 429: too many requests within a second. */
export function rateLimited(resetSeconds: number): Answer {
  const text =
    'You have exceeded the rate limit of the Organization this Space belongs to by making too many API requests within a short timespan. Please wait a moment before trying the request again.';
  return {
    ...contentfulError(429, 'RateLimitExceeded', text),
    headers: { 'x-contentful-ratelimit-reset': String(resetSeconds) },
  };
}

/** Faults with the bodies Contentful sends, for `contentful.faults.add({ on, fault })`. */
export const contentfulFaults = {
  invalidToken(): Fault {
    const text = 'The access token you sent could not be found or is invalid.';
    return asFault(contentfulError(401, 'AccessTokenInvalid', text));
  },
  accessDenied(): Fault {
    return asFault(accessDenied('No permission.'));
  },
  rateLimited(resetSeconds = 1): Fault {
    return asFault(rateLimited(resetSeconds));
  },
  serverError(when: Moment = 'before'): Fault {
    const text = 'An error occurred and was logged.';
    return asFault(contentfulError(500, 'ServerError', text), when);
  },
} as const;

function asFault(answer: Answer, when: Moment = 'before'): Fault {
  const { status, body, headers = {} } = answer;
  return { kind: 'status', status, body, headers, when };
}
