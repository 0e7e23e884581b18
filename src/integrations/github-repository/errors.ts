import { z } from 'zod';
import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { type Asked, kindOfNoAnswer, kindOfStatus, retryAfterMs } from '../failure.ts';
import { codeOf, plainCause, redact } from '../redact.ts';

const SYSTEM = 'GitHub';

export interface Attempt {
  readonly asked: Asked;
  /** In the imperative: `create the hotfix branch`. */
  readonly attempted: string;
  readonly on: string;
}

/** What Octokit throws when GitHub answered; without an answer it invents status 500 and leaves `response` out. */
const Refused = z.object({
  status: z.number(),
  response: z.object({
    headers: z.record(z.string(), z.union([z.string(), z.number()]).optional().catch(undefined)),
    data: z.unknown(),
  }),
});

const Said = z.object({
  message: z.string(),
  errors: z
    .array(z.object({ message: z.string().optional(), code: z.string().optional() }))
    .optional()
    .catch(undefined),
});

/** Whatever a call of Octokit threw, as an OutsideError. */
export function githubError(
  what: Attempt,
  thrown: unknown,
  o: {
    readonly gaveUp: 'aborted' | 'timed-out' | undefined;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const base = { system: SYSTEM, attempted: what.attempted, on: what.on };
  const refused = Refused.safeParse(thrown);
  if (refused.success && !o.gaveUp) {
    const { status, response } = refused.data;
    const header = (name: string) => response.headers[name]?.toString();
    const words = wordsOf(response.data);
    const limited = header('x-ratelimit-remaining') === '0' || /rate limit/i.test(words);
    const isThrottled = (status === 403 || status === 429) && limited;
    const kind = isThrottled ? 'throttled' : kindOf(status, words, what.asked);
    return new OutsideError({
      ...base,
      kind,
      status,
      answer: redact(words, o.secrets) || undefined,
      correlationId: header('x-github-request-id'),
      retryAfterMs:
        retryAfterMs(header('retry-after'), Date.now()) ??
        (isThrottled ? untilReset(header('x-ratelimit-reset')) : undefined),
      next: nextStep(kind),
    });
  }
  const code = codeOf(thrown);
  const kind = kindOfNoAnswer(o.gaveUp ? undefined : code, what.asked);
  const cause = plainCause(thrown, o.secrets);
  return new OutsideError({
    ...base,
    kind,
    code: o.gaveUp ? undefined : code,
    answer:
      o.gaveUp === 'timed-out'
        ? 'no answer in time'
        : o.gaveUp === 'aborted'
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
  what: { readonly attempted: string; readonly name: string },
): z.infer<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new OutsideError({
    kind: 'malformed',
    system: SYSTEM,
    attempted: what.attempted,
    on: `repository ${what.name}`,
    answer: paths ? `unexpected ${paths}` : 'the answer could not be read',
    next: nextStep('malformed'),
  });
}

/** GitHub answers 403 also for a run that runs already or is too old, which no permission helps against. */
function kindOf(status: number, words: string, asked: Asked): OutsideErrorKind {
  if (status === 403 && /already running/i.test(words)) return 'busy';
  if (status === 403 && /unable to (retry|re-?run)/i.test(words)) return 'rejected';
  return kindOfStatus(status, asked);
}

function wordsOf(data: unknown): string {
  const said = Said.safeParse(data);
  if (!said.success) return typeof data === 'string' ? data.replace(/<[^>]*>/g, ' ') : '';
  const details = (said.data.errors ?? []).map((one) => one.message ?? one.code ?? '');
  return [said.data.message, ...details].filter((part) => part !== '').join('; ');
}

/** Milliseconds until a rate limit's reset, given in seconds since the epoch. */
function untilReset(header: string | undefined): number | undefined {
  const at = Number(header) * 1000;
  return Number.isFinite(at) ? Math.max(0, at - Date.now()) : undefined;
}

function nextStep(kind: OutsideErrorKind): string {
  switch (kind) {
    case 'credentials':
      return 'Check `connections.github.token`: it may have expired or been revoked.';
    case 'permission':
      return "Give the token the permissions in the integration's README for what was attempted.";
    case 'not-found':
      return 'Check `repository` in backstop.yaml and that the token may see it: GitHub answers 404 for what it hides.';
    case 'throttled':
      return 'GitHub limits requests for each token; wait, then try again.';
    case 'busy':
    case 'unavailable':
      return 'Look at https://www.githubstatus.com and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and GitHub changes its answers.';
    case 'ambiguous':
      return 'It may have been done: look at the repository before anything is repeated.';
    case 'rejected':
      return 'Nothing was changed; see what GitHub says, and the manual steps of this plan.';
  }
}
