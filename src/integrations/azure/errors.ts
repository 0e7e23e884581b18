import { z } from 'zod';
import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { type Asked, kindOfNoAnswer, kindOfStatus, retryAfterMs } from '../failure.ts';
import { codeOf, plainCause, redact } from '../redact.ts';

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
  /** What to grant when a permission is missing, one sentence. */
  readonly permission: string;
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
    readonly gaveUp: 'aborted' | 'timed-out' | undefined;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const base = { system: subject.system, attempted: what.attempted, on: subject.on };
  const { answer, gaveUp, secrets } = seen;
  if (answer && answer.status >= 400) {
    const { code, message } = readError(answer.body);
    const kind = kindOf(answer.status, `${code ?? ''} ${message ?? ''}`, what.asked);
    return new OutsideError({
      ...base,
      kind,
      status: answer.status,
      code: code === undefined ? undefined : redact(code, secrets),
      answer: message === undefined ? undefined : redact(message, secrets),
      correlationId: answer.correlationId,
      retryAfterMs: retryAfterMs(answer.retryAfter, Date.now()),
      next: nextStep(subject, kind, message ?? ''),
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
    next: nextStep(subject, kind, ''),
    cause,
  });
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
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new OutsideError({
    kind: 'malformed',
    system,
    attempted,
    on,
    answer: `unexpected ${paths || 'answer'}`,
    next: 'Try again; if it stays so, report it: Azure has changed what it answers.',
  });
}

function kindOf(status: number, said: string, asked: Asked): OutsideErrorKind {
  if (status !== 409) return kindOfStatus(status, asked);
  return BUSY.test(said) ? 'busy' : 'rejected';
}

function nextStep(subject: Subject, kind: OutsideErrorKind, message: string): string {
  switch (kind) {
    case 'credentials':
      return 'Check `connections.azure.auth`: the secret may have expired or the tenant be wrong; `backstop doctor` tells.';
    case 'permission':
      return subject.permission;
    case 'not-found':
      return subject.notFound;
    case 'busy':
      return 'Wait until the other operation has ended, then try again.';
    case 'throttled':
      return 'Azure limits requests for each subscription; wait a minute, then try again.';
    case 'unavailable':
      return 'Look at https://azure.status.microsoft and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and Azure changes its answers.';
    case 'ambiguous':
      return `It may have been done: ${subject.look} before anything is repeated.`;
    case 'rejected':
      return (
        subject.rejected?.(message) ??
        'Nothing was changed; see what Azure says, and the manual steps of this plan.'
      );
  }
}
