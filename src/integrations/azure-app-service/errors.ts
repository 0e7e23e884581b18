import { z } from 'zod';
import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { type Asked, kindOfNoAnswer, kindOfStatus, retryAfterMs } from '../failure.ts';
import { codeOf, plainCause, redact } from '../redact.ts';

export const SYSTEM = 'Azure App Service';

/** What Azure answered, before the SDK reads it. */
export interface Answer {
  readonly status: number;
  /** Only of a failure. */
  readonly body: string;
  readonly correlationId: string | undefined;
  readonly retryAfter: string | undefined;
  /** Where the operation that was started can be followed. */
  readonly operation: string | undefined;
}

export interface Attempt {
  readonly asked: Asked;
  /** In the imperative: `swap the slots`. */
  readonly attempted: string;
  readonly on: string;
}

/** Azure's two dialects of an error body: Resource Manager's, and that of Microsoft.Web with capitals. */
const Said = z.union([
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
  z
    .object({ Code: z.string(), Message: z.string() })
    .transform((said) => ({ error: { code: said.Code, message: said.Message } })),
  z
    .object({ code: z.string(), message: z.string() })
    .transform((said) => ({ error: { code: said.code, message: said.message } })),
]);

/** Code and words of an error body in either dialect; the start of the text when it is neither. */
function readError(body: string): { code?: string; message?: string } {
  try {
    const said = Said.safeParse(JSON.parse(body));
    if (said.success) return said.data.error;
  } catch {
    // Not JSON: a gateway's page.
  }
  const text = body.replace(/<[^>]*>/g, ' ').trim();
  return text ? { message: text } : {};
}

/** Whatever a call of the SDK threw, as an OutsideError. `answer` is what came over the wire, if anything did. */
export function azureError(
  what: Attempt,
  thrown: unknown,
  seen: {
    readonly answer: Answer | undefined;
    readonly gaveUp: 'aborted' | 'timed-out' | undefined;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const base = { system: SYSTEM, attempted: what.attempted, on: what.on };
  const { answer, gaveUp, secrets } = seen;
  if (answer && answer.status >= 400) {
    const { code, message } = readError(answer.body);
    const kind = kindOf(answer.status, message ?? '', what.asked);
    return new OutsideError({
      ...base,
      kind,
      status: answer.status,
      code,
      answer: message === undefined ? undefined : redact(message, secrets),
      correlationId: answer.correlationId,
      retryAfterMs: retryAfterMs(answer.retryAfter, Date.now()),
      next: nextStep(kind, message ?? '', what),
    });
  }
  if (answer) {
    // The parser's message quotes the body, and that of the app settings is full of secrets: it is left out.
    const kind = what.asked === 'change' ? 'ambiguous' : 'malformed';
    return new OutsideError({
      ...base,
      kind,
      status: answer.status,
      answer: 'the answer could not be read',
      correlationId: answer.correlationId,
      next: nextStep(kind, '', what),
    });
  }
  const code = codeOf(thrown);
  const isLogin =
    thrown instanceof Error && /^(Authentication|Credential|Aggregate)/.test(thrown.name);
  const kind = isLogin && !gaveUp ? 'credentials' : kindOfNoAnswer(code, what.asked);
  const cause = plainCause(thrown, secrets);
  return new OutsideError({
    ...base,
    kind,
    code: gaveUp ? undefined : code,
    answer:
      gaveUp === 'timed-out'
        ? 'no answer in time'
        : gaveUp === 'aborted'
          ? 'not waited for to the end'
          : cause.message,
    next: nextStep(kind, '', what),
    cause,
  });
}

function kindOf(status: number, message: string, asked: Asked): OutsideErrorKind {
  if (status !== 409) return kindOfStatus(status, asked);
  return /another operation is in progress/i.test(message) ? 'busy' : 'rejected';
}

function nextStep(kind: OutsideErrorKind, message: string, what: Attempt): string {
  switch (kind) {
    case 'credentials':
      return 'Check `connections.azure.auth`: the secret may have expired or the tenant be wrong; `backstop doctor` tells.';
    case 'permission':
      return "Give Backstop's identity the role in the integration's README on the web app and its slots.";
    case 'not-found':
      return 'Check `subscriptionId`, `resourceGroup`, `app` and `slot` in backstop.yaml.';
    case 'busy':
      return 'Wait until the other operation has ended, then try again.';
    case 'throttled':
      return 'Azure limits requests for each subscription; wait a minute, then try again.';
    case 'unavailable':
      return 'Look at https://azure.status.microsoft and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and Azure changes its answers.';
    case 'ambiguous':
      return 'It may have been done: look at what the slots hold before anything is repeated.';
    case 'rejected':
      return rejectedNext(message, what);
  }
}

/** What helps against App Service's known refusals. */
function rejectedNext(message: string, what: Attempt): string {
  if (/prepared for swap/i.test(message)) {
    return 'Somebody left a swap with preview half done: finish or cancel it under Deployment slots, then try again.';
  }
  if (/allocation of VM instances/i.test(message)) {
    return 'The plan was scaled meanwhile; the same swap works when tried again.';
  }
  if (/could not be started|did not respond to http ping|warmup requests/i.test(message)) {
    return `The release in the slot does not start: read its log stream, or take another way back. ${what.on} was not changed.`;
  }
  return 'Nothing was changed; see what Azure says, and the manual steps of this plan.';
}
