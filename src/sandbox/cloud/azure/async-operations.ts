import { randomUUID } from 'node:crypto';
import type { Agenda } from '../agenda.ts';
import type { Answer, Call, Route } from '../http.ts';
import { armError } from './errors.ts';

/** Something that was accepted and comes to its end by the agenda's clock. */
interface AsyncOperation {
  readonly id: string;
  readonly startedAt: number;
  state: 'running' | 'succeeded' | 'failed';
  message?: string;
}

/** Operations that are followed at an `Azure-AsyncOperation` address. */
export interface AsyncOperations {
  /**
   * Starts one that takes `takesMs` unless a fault says otherwise, and calls `end` once with why it failed, or nothing.
   * Gives the headers of the answer that accepts it.
   */
  start(
    call: Call,
    takesMs: number,
    end: (failure: string | undefined) => void,
  ): Readonly<Record<string, string>>;
  readonly route: Route;
}

/** Operations of the resource provider `provider`, whose status is at `name`; the route is called `GET {name}`. */
export function createAsyncOperations(
  agenda: Agenda,
  provider: string,
  name: string,
): AsyncOperations {
  const operations = new Map<string, AsyncOperation>();
  const path = (subscription: string, id: string) =>
    `/subscriptions/${subscription}/providers/${provider}/locations/westeurope/${name}/${id}`;

  function status(call: Call): Answer {
    const operation = operations.get(call.params['operation'] ?? '');
    if (!operation) return armError(404, 'OperationNotFound', 'The operation was not found.');
    const words = { running: 'InProgress', succeeded: 'Succeeded', failed: 'Failed' };
    return {
      status: 200,
      body: {
        id: call.path,
        name: operation.id,
        status: words[operation.state],
        startTime: new Date(operation.startedAt).toISOString(),
        ...(operation.message !== undefined && {
          error: { code: 'OperationFailed', message: operation.message },
        }),
      },
    };
  }

  return {
    start(call, takesMs, end) {
      const operation: AsyncOperation = {
        id: randomUUID(),
        startedAt: agenda.now(),
        state: 'running',
      };
      operations.set(operation.id, operation);
      const failure = call.operation?.failsWith;
      agenda.later(call.operation?.takesMs ?? takesMs, () => {
        operation.state = failure === undefined ? 'succeeded' : 'failed';
        if (failure !== undefined) operation.message = failure;
        end(failure);
      });
      const address = path(call.params['subscription'] ?? '', operation.id);
      const version = call.query.get('api-version') ?? '';
      return { 'azure-asyncoperation': `${call.origin}${address}?api-version=${version}` };
    },
    route: { call: `GET ${name}`, path: path(':subscription', ':operation'), handle: status },
  };
}

/** What Resource Manager answers for a resource of a provider that is not there. */
export function resourceNotFound(call: Call, resource: string): Answer {
  return armError(
    404,
    'ResourceNotFound',
    `The Resource '${resource}' under resource group '${call.params['group'] ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** The ARM id of a resource. */
export function resourceId(
  subscription: string,
  group: string,
  provider: string,
  name: string,
): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${name}`;
}
