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
    readonly gaveUp: GaveUp;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const base = { system: SYSTEM, attempted: what.attempted, on: what.on };
  const { answer, secrets } = seen;
  if (answer && answer.status >= 400) {
    const { code, words } = readError(answer.body);
    const isQuota = answer.status === 403 && /usage exceeded|limit of environments/i.test(words);
    const waitMs = retryAfterMs(answer.reset, Date.now());
    const kind = isQuota ? 'rejected' : kindOf(answer.status, code, what.asked);
    return new OutsideError({
      ...base,
      kind,
      status: answer.status,
      code: code === undefined ? undefined : redact(code, secrets),
      answer: redact(words, secrets) || undefined,
      correlationId: answer.requestId,
      retryAfterMs: waitMs,
      next: isQuota ? QUOTA_NEXT : nextStep(kind, waitMs),
    });
  }
  return unanswered({ ...base, asked: what.asked, next: (k) => nextStep(k) }, thrown, seen);
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
  return understoodAs(schema, answer, { ...what, system: SYSTEM, next: (k) => nextStep(k) });
}

function readError(body: unknown): { code?: string; words: string } {
  const said = Said.safeParse(body);
  if (!said.success)
    return { words: typeof body === 'string' ? body.replace(/<[^>]*>/g, ' ') : '' };
  const { sys, message, details } = said.data;
  const more = [details?.reasons, ...(details?.errors ?? []).map((one) => one.details)];
  const words = [message, ...more]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => part?.replace(/\.+$/, ''))
    .join('; ');
  return { code: sys.id, words };
}

function kindOf(status: number, code: string | undefined, asked: Asked): OutsideErrorKind {
  // The version moved between our look and our request: by somebody else, or by an earlier request of ours.
  if (status === 409 || code === 'VersionMismatch') return 'busy';
  return kindOfStatus(status, asked);
}

const QUOTA_NEXT =
  "Delete an environment first: the plan's check on room names Backstop's oldest restore point.";

function nextStep(kind: OutsideErrorKind, waitMs?: number): string {
  switch (kind) {
    case 'credentials':
      return 'Check `contentful.token`: it may have expired or been revoked; `backstop doctor` tells.';
    case 'permission':
      return "Give the token's user the rights in the integration's README: a space administrator.";
    case 'not-found':
      return 'Check `space`, `alias` and `editorRoles` in backstop.yaml and that the token sees them: Contentful answers 404 for what it hides.';
    case 'busy':
      return 'It was changed since it was looked at, and nothing of this was done: look at what is there now, then make a new plan.';
    case 'throttled':
      return `Contentful limits requests for each second: wait ${waitFor(waitMs)}, then try again.`;
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
