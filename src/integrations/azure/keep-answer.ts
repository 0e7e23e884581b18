import type { AsyncLocalStorage } from 'node:async_hooks';
import type { WebSiteManagementClientOptionalParams } from '@azure/arm-appservice/api';
import type { Answer } from './errors.ts';

export type Policies = NonNullable<WebSiteManagementClientOptionalParams['additionalPolicies']>;
type PipelineResponse = Awaited<ReturnType<Policies[number]['policy']['sendRequest']>>;

/** What one call of an SDK asks for, and was answered so far. */
export interface Exchange {
  readonly asked: 'read' | 'change';
  readonly answers: Answer[];
  /** True once the SDK went on to look how an accepted change ends. */
  isFollowed: boolean;
}

/**
 * Keeps what was answered, as the SDKs hide status and headers, and do not find the words of App Service's errors. A
 * change ends with its first answer: the pollers of the older SDKs would look at its end at once.
 */
export function keepAnswer(exchanges: AsyncLocalStorage<Exchange>): Policies[number] {
  return {
    position: 'perCall',
    policy: {
      name: 'keepAnswer',
      async sendRequest(request, next) {
        const exchange = exchanges.getStore();
        if (exchange?.asked === 'change' && exchange.answers.length > 0) {
          exchange.isFollowed = true;
          throw new Error('A change is sent once and followed later.');
        }
        const keep = (response: PipelineResponse) => {
          const header = (name: string) => response.headers.get(name);
          exchange?.answers.push(answerOf(response.status, response.bodyAsText ?? '', header));
        };
        let response: PipelineResponse;
        try {
          response = await next(request);
        } catch (error) {
          // The older SDKs throw on a failing status before it comes back here.
          if (isAnswered(error)) keep(error.response);
          throw error;
        }
        keep(response);
        return response;
      },
    },
  };
}

function isAnswered(error: unknown): error is { readonly response: PipelineResponse } {
  const { response } = (error ?? {}) as { response?: Partial<PipelineResponse> };
  return typeof response?.status === 'number' && typeof response.headers?.get === 'function';
}

/** An answer as it came over the wire. */
export function answerOf(
  status: number,
  body: string,
  header: (name: string) => string | undefined,
): Answer {
  return {
    status,
    body: status >= 400 ? body : '',
    correlationId: header('x-ms-correlation-request-id') ?? header('x-ms-request-id'),
    retryAfter: header('retry-after'),
    operation: header('azure-asyncoperation') ?? header('location'),
  };
}
