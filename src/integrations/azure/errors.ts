import { z } from 'zod';
import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import {
  type Asked,
  type GaveUp,
  kindOfStatus,
  retryAfterMs,
  unanswered,
  understood as understoodAs,
  waitFor,
} from '../failure.ts';
import { redact } from '../redact.ts';

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

/** What is spoken to, and what a person can do about its refusals. */
export interface Subject {
  /** `Azure App Service`. */
  readonly system: string;
  /** `web app acme-checkout`. */
  readonly on: string;
  /** What the role belongs to that Backstop needs: `the web app and its slots`. */
  readonly grantOn: string;
  /** What to check when it is not found, one sentence. */
  readonly notFound: string;
  /** Where to look whether a change was made, one sentence. */
  readonly look: string;
  /** What helps against a refusal in these words, one sentence; undefined when nothing particular is known. */
  readonly rejected?: (message: string) => string | undefined;
}

interface Attempt {
  readonly asked: Asked;
  /** In the imperative: `swap the slots`. */
  readonly attempted: string;
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

/** Conflicts that pass by themselves, as the resource providers word them. */
const BUSY =
  /another operation is in progress|still transitioning|ContainerGroupTransitioning|ContainerAppOperationInProgress|ServerBusy|ServerIsBusy/i;

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

/** Whatever a call of an SDK threw, as an OutsideError. `answer` is what came over the wire, if anything did. */
export function azureError(
  subject: Subject,
  what: Attempt,
  thrown: unknown,
  seen: {
    readonly answer: Answer | undefined;
    readonly gaveUp: GaveUp;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const base = { system: subject.system, attempted: what.attempted, on: subject.on };
  const { answer, gaveUp, secrets } = seen;
  if (answer && answer.status >= 400) {
    const { code, message } = readError(answer.body);
    const kind = kindOf(answer.status, `${code ?? ''} ${message ?? ''}`, what.asked);
    const waitMs = retryAfterMs(answer.retryAfter, Date.now());
    return new OutsideError({
      ...base,
      kind,
      status: answer.status,
      code: code === undefined ? undefined : redact(code, secrets),
      answer: message === undefined ? undefined : redact(message, secrets),
      correlationId: answer.correlationId,
      retryAfterMs: waitMs,
      next: nextStep(subject, kind, `${code ?? ''} ${message ?? ''}`, waitMs),
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
      next: nextStep(subject, kind, ''),
    });
  }
  const isLogin =
    thrown instanceof Error && /^(Authentication|Credential|Aggregate)/.test(thrown.name);
  const request = {
    ...base,
    asked: what.asked,
    next: (k: OutsideErrorKind) => nextStep(subject, k, ''),
  };
  return unanswered(request, thrown, { gaveUp, secrets, isLogin });
}

/**
 * The parts of an answer that are used, checked.
 * @throws OutsideError of kind `malformed`.
 */
export function understood<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  attempted: string,
  { system, on }: Pick<Subject, 'system' | 'on'>,
): z.infer<T> {
  const next = () => 'Try again; if it stays so, report it: Azure has changed what it answers.';
  return understoodAs(schema, answer, { system, on, attempted, next });
}

function kindOf(status: number, said: string, asked: Asked): OutsideErrorKind {
  if (status !== 409) return kindOfStatus(status, asked);
  return BUSY.test(said) ? 'busy' : 'rejected';
}

/** @param said code and words of the answer. */
function nextStep(subject: Subject, kind: OutsideErrorKind, said: string, waitMs?: number): string {
  switch (kind) {
    case 'credentials':
      return 'Check `azure.auth`: the secret may have expired or the tenant be wrong; `backstop doctor` tells.';
    case 'permission':
      return permissionNext(subject, said);
    case 'not-found':
      return subject.notFound;
    case 'busy':
      return 'Wait until the other operation has ended, then try again.';
    case 'throttled':
      return `Azure limits requests for each subscription: wait ${waitFor(waitMs)}, then try again.`;
    case 'unavailable':
      return 'Look at https://azure.status.microsoft and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and Azure changes its answers.';
    case 'ambiguous':
      return `It may have been done: ${subject.look} before anything is repeated.`;
    case 'rejected':
      return (
        subject.rejected?.(said) ??
        lockedNext(said) ??
        'Nothing was changed; see what Azure says, and the manual steps of this plan.'
      );
  }
}

/** Azure names the action it did not find in any role; without it the whole role is named. */
function permissionNext({ grantOn }: Subject, said: string): string {
  const action = /perform action '([\w./]+)'/.exec(said)?.[1];
  const role = "the role in the integration's README";
  const missing = action
    ? `the action ${action} on ${grantOn}: ${role} has it`
    : `${role} on ${grantOn}`;
  return `Give Backstop's identity ${missing}. A grant takes some minutes to be in force.`;
}

/** A lock is somebody's decision: Backstop does not lift it. */
function lockedNext(said: string): string | undefined {
  if (!/ScopeLocked|following scope\(s\) are locked/i.test(said)) return undefined;
  return 'A lock forbids it, and nothing was changed: somebody who may lifts it under Locks in the portal, then try again.';
}
