import type { Fault, Moment } from '../faults.ts';
import type { Answer } from '../http.ts';

/** An error of Azure Resource Manager itself: credentials, permissions, things not found. */
export function armError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

/**
 * An error of Microsoft.Web, which still speaks an older dialect with capitals and its text nested
 * three times. The Azure SDK finds neither code nor message in it.
 */
export function webError(status: number, code: string, message: string, extended: string): Answer {
  const body = {
    Code: code,
    Message: message,
    Target: null,
    Details: [
      { Message: message },
      { Code: code },
      {
        ErrorEntity: {
          ExtendedCode: extended,
          MessageTemplate: '{0}',
          Parameters: [message],
          Code: code,
          Message: message,
        },
      },
    ],
    Innererror: null,
  };
  return { status, body };
}

/** What App Service answers while another operation holds the site. */
export function busySite(o: {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly requestId: string;
}): Answer {
  const when = new Date(o.createdAt).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
  return webError(
    409,
    'Conflict',
    `Cannot modify this site because another operation is in progress. Details: Id: ${o.id}, ` +
      `OperationName: ${o.name}, CreatedTime: ${when}, RequestId: ${o.requestId}, EntityType: 3`,
    '59203',
  );
}

/** The text of a swap that fails because the source slot does not come up. */
export function warmUpFailure(site: string, slot: string): string {
  return `Cannot swap slots for site '${site}' because the worker process for '${slot}' slot could not be started.`;
}

/** The text of a swap that fails because the plan was scaled meanwhile; a retry works. */
export function scaledDuringSwap(site: string, slot: string): string {
  return `Cannot swap slots for site '${site}' because the allocation of VM instances for '${slot}' slot has changed during the swap process. Please retry the swap operation.`;
}

/** Faults with the bodies Azure sends, for `azure.faults.add({ on, fault })`. */
export const azureFaults = {
  busy(): Fault {
    const id = 'befd9c0a-7854-47b9-8df9-9aa292940519';
    const createdAt = Date.now();
    return asFault(busySite({ id, name: 'SwapSiteSlots', createdAt, requestId: id }));
  },
  throttled(retryAfterSeconds: number): Fault {
    const answer = armError(
      429,
      'TooManyRequests',
      'The request is being throttled as the limit has been reached for operation type - Write_ObservationWindow_00:01:00. For more information, see - https://aka.ms/srpthrottlinglimits',
    );
    return asFault({ ...answer, headers: { 'retry-after': String(retryAfterSeconds) } });
  },
  forbidden(): Fault {
    return asFault(
      armError(403, 'AuthorizationFailed', 'The client does not have authorization to perform it.'),
    );
  },
  unauthorized(): Fault {
    return asFault(
      armError(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time has passed.'),
    );
  },
  serverError(when: Moment = 'before'): Fault {
    const text = 'There was an unexpected InternalServerError. Please try again later.';
    return asFault(webError(500, 'InternalServerError', text, '01000'), when);
  },
  unavailable(): Fault {
    return asFault(
      armError(503, 'ServerTimeout', 'The request timed out. Diagnostic information: timestamp.'),
    );
  },
  /** 202 as usual, but nothing to poll. */
  noLocation(): Fault {
    return { kind: 'drop-headers', names: ['location', 'azure-asyncoperation'] };
  },
  /** For `GET operationresults`: no record of the operation any more. */
  recordLost(): Fault {
    return asFault(webError(404, 'NotFound', 'Cannot find the operation.', '51004'));
  },
  /** For `GET operationresults`. */
  noContent(): Fault {
    return { kind: 'status', status: 204 };
  },
  /** For `POST slotsswap`: accepted, and fails while warming up, changing nothing. */
  swapFails(message: string, takesMs?: number): Fault {
    const base = { kind: 'operation', failsWith: message } as const;
    return takesMs === undefined ? base : { ...base, takesMs };
  },
  /** For `POST slotsswap`. */
  slowSwap(takesMs: number): Fault {
    return { kind: 'operation', takesMs };
  },
} as const;

function asFault(answer: Answer, when: Moment = 'before'): Fault {
  return {
    kind: 'status',
    status: answer.status,
    body: answer.body,
    headers: answer.headers ?? {},
    when,
  };
}
