import type { Fault, Moment } from '../faults.ts';
import type { Answer } from '../http.ts';

/** An error as the services that speak JSON 1.1 word it: the code in `__type`. */
export function awsError(code: string, message: string, status = 400): Answer {
  return { status, body: { __type: code, message } };
}

/** What AWS answers for a missing permission such as `ecs:UpdateService`. */
export function accessDenied(action: string): Answer {
  const who = 'arn:aws:sts::123456789012:assumed-role/backstop/session';
  return awsError(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  );
}

/** Faults with the bodies AWS sends, for `aws.faults.add({ on, fault })`. */
export const awsFaults = {
  throttled(): Fault {
    return asFault(awsError('ThrottlingException', 'Rate exceeded'));
  },
  expiredToken(): Fault {
    return asFault(
      awsError('ExpiredTokenException', 'The security token included in the request is expired'),
    );
  },
  serverError(when: Moment = 'before'): Fault {
    return asFault(
      awsError('InternalFailure', 'Service Unavailable. Please try again later.', 500),
      when,
    );
  },
  /** What the call starts ends badly, in these words. */
  deploymentFails(message: string): Fault {
    return { kind: 'operation', failsWith: message };
  },
} as const;

function asFault(answer: Answer, when: Moment = 'before'): Fault {
  return { kind: 'status', status: answer.status, body: answer.body, when };
}
