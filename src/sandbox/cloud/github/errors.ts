import type { Fault, Moment } from '../faults.ts';
import type { Answer } from '../http.ts';

const DOCS = 'https://docs.github.com/rest';

export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
}

/** An error as GitHub's REST API words it. */
export function githubError(
  status: number,
  message: string,
  errors?: readonly FieldError[],
): Answer {
  const body = { message, ...(errors && { errors }), documentation_url: DOCS };
  return { status, body: { ...body, status: String(status) } };
}

export function notFound(): Answer {
  return githubError(404, 'Not Found');
}

/** 422: the request was understood and cannot be done as asked. */
export function validationFailed(...errors: readonly FieldError[]): Answer {
  return githubError(422, 'Validation Failed', errors);
}

/** Faults with the bodies GitHub sends, for `github.faults.add({ on, fault })`. */
export const githubFaults = {
  badCredentials(): Fault {
    return asFault(githubError(401, 'Bad credentials'));
  },
  forbidden(): Fault {
    return asFault(githubError(403, 'Resource not accessible by personal access token'));
  },
  secondaryLimit(retryAfterSeconds: number, status: 403 | 429 = 403): Fault {
    const answer = githubError(
      status,
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    );
    return asFault({ ...answer, headers: { 'retry-after': String(retryAfterSeconds) } });
  },
  serverError(when: Moment = 'before'): Fault {
    return asFault(githubError(500, 'Server Error'), when);
  },
  unavailable(): Fault {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return { kind: 'status', status: 503, headers, body: '<html><title>Unicorn!</title></html>' };
  },
} as const;

function asFault(answer: Answer, when: Moment = 'before'): Fault {
  const { status, body, headers = {} } = answer;
  return { kind: 'status', status, body, headers, when };
}
