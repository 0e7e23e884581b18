import { z } from 'zod';
import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { type Asked, kindOfNoAnswer, kindOfStatus, retryAfterMs } from '../failure.ts';
import { codeOf, plainCause, redact } from '../redact.ts';

export const SYSTEM = 'Contentful';

export interface Attempt {
  readonly asked: Asked;
  /** In the imperative: `repoint the alias`. */
  readonly attempted: string;
  readonly on: string;
}

/** What Contentful answered, before the SDK makes an error of it. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | undefined;
  /** Seconds, as Contentful sends them. */
  readonly reset: string | undefined;
}

const Said = z.object({
  sys: z.object({ id: z.string() }),
  message: z.string().optional().catch(undefined),
  details: z
    .object({
      reasons: z.string().optional().catch(undefined),
      errors: z
        .array(z.object({ details: z.string().optional().catch(undefined) }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** Whatever a call of the SDK threw, as an OutsideError. `answer` is what came over the wire, if anything did. */
export function contentfulError(
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
    const { code, words } = readError(answer.body);
    const isQuota = answer.status === 403 && /usage exceeded|limit of environments/i.test(words);
    const kind = isQuota ? 'rejected' : kindOf(answer.status, code, what.asked);
    return new OutsideError({
      ...base,
      kind,
      status: answer.status,
      code: code === undefined ? undefined : redact(code, secrets),
      answer: redact(words, secrets) || undefined,
      correlationId: answer.requestId,
      retryAfterMs: retryAfterMs(answer.reset, Date.now()),
      next: isQuota ? QUOTA_NEXT : nextStep(kind),
    });
  }
  const code = codeOf(thrown);
  const kind = kindOfNoAnswer(gaveUp ? undefined : code, what.asked);
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
    next: nextStep(kind),
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
  what: { readonly attempted: string; readonly on: string },
): z.infer<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new OutsideError({
    kind: 'malformed',
    system: SYSTEM,
    attempted: what.attempted,
    on: what.on,
    answer: paths ? `unexpected ${paths}` : 'the answer could not be read',
    next: nextStep('malformed'),
  });
}

function readError(body: unknown): { code?: string; words: string } {
  const said = Said.safeParse(body);
  if (!said.success)
    return { words: typeof body === 'string' ? body.replace(/<[^>]*>/g, ' ') : '' };
  const { sys, message, details } = said.data;
  const more = [details?.reasons, ...(details?.errors ?? []).map((one) => one.details)];
  const words = [message, ...more].filter((part) => part !== undefined && part !== '').join('; ');
  return { code: sys.id, words };
}

function kindOf(status: number, code: string | undefined, asked: Asked): OutsideErrorKind {
  // The version moved between our look and our request: by somebody else, or by an earlier request of ours.
  if (status === 409 || code === 'VersionMismatch') return 'busy';
  return kindOfStatus(status, asked);
}

const QUOTA_NEXT =
  "Delete an environment first: the plan's check on room names Backstop's oldest restore point and the operation `delete-clone`.";

function nextStep(kind: OutsideErrorKind): string {
  switch (kind) {
    case 'credentials':
      return 'Check `connections.contentful.token`: it may have expired or been revoked.';
    case 'permission':
      return "Give the token's user the rights in the integration's README: a space administrator.";
    case 'not-found':
      return 'Check `space`, `alias` and `editorRoles` in backstop.yaml and that the token sees them: Contentful answers 404 for what it hides.';
    case 'busy':
      return 'It was changed a moment ago: look at what is there now, then try again.';
    case 'throttled':
      return 'Contentful limits requests for each second; wait, then try again.';
    case 'unavailable':
      return 'Look at https://www.contentfulstatus.com and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and Contentful changes its answers.';
    case 'ambiguous':
      return 'It may have been done: look at the space before anything is repeated.';
    case 'rejected':
      return 'Nothing was changed; see what Contentful says, and the manual steps of this plan.';
  }
}
