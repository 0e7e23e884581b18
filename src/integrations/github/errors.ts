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

const SYSTEM = 'GitHub';

/** As whom GitHub is asked. */
type Holder = 'token' | 'app';

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
    readonly gaveUp: GaveUp;
    readonly secrets: readonly string[];
    /** Whose permissions count. */
    readonly holder?: Holder;
    /** What a person can do about a refusal, where that is known better than by its kind. */
    readonly next?: (status: number, words: string) => string | undefined;
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
    const waitMs =
      retryAfterMs(header('retry-after'), Date.now()) ??
      (isThrottled ? untilReset(header('x-ratelimit-reset')) : undefined);
    return new OutsideError({
      ...base,
      kind,
      status,
      code: codeIn(response.data),
      answer: redact(words, o.secrets) || undefined,
      correlationId: header('x-github-request-id'),
      retryAfterMs: waitMs,
      next:
        o.next?.(status, words) ??
        nextStep(kind, {
          words,
          permission: header('x-accepted-github-permissions'),
          waitMs,
          holder: o.holder,
        }),
    });
  }
  return unanswered({ ...base, asked: what.asked, next: (k) => nextStep(k) }, thrown, o);
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
  const { attempted, name } = what;
  const on = `repository ${name}`;
  return understoodAs(schema, answer, { system: SYSTEM, attempted, on, next: (k) => nextStep(k) });
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

/** What GitHub said beside the status. */
interface Hints {
  readonly words: string;
  /** `contents=write`: what it asks of a token for this request. */
  readonly permission: string | undefined;
  readonly waitMs: number | undefined;
  readonly holder: Holder | undefined;
}

function nextStep(kind: OutsideErrorKind, said?: Hints): string {
  const holder = said?.holder ?? 'token';
  switch (kind) {
    case 'credentials':
      if (holder === 'app') {
        return 'Try again: the token of the app was taken back, and a new one is asked for; if it stays so, `backstop doctor` tells.';
      }
      return 'Check `github.token`: it may have expired or been revoked; `backstop doctor` tells.';
    case 'permission':
      return said?.permission
        ? `Give the ${holder} the permission ${said.permission} on this repository (see the integration's README); a rule of its branches can forbid it, too.`
        : `Give the ${holder} the permissions in the integration's README for what was attempted.`;
    case 'not-found':
      return `Check \`repository\` in backstop.yaml and that the ${holder} may see it: GitHub answers 404 for what it hides.`;
    case 'throttled':
      return `GitHub limits requests for each ${holder}: wait ${waitFor(said?.waitMs)}, then try again.`;
    case 'busy':
      return 'Wait until the run in progress has ended, then try again.';
    case 'unavailable':
      return 'Look at https://www.githubstatus.com and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and GitHub changes its answers.';
    case 'ambiguous':
      return 'It may have been done: look at the repository before anything is repeated.';
    case 'rejected':
      return rejectedNext(said?.words ?? '');
  }
}

/** The code of the first of the errors in a 422: `already_exists`. */
function codeIn(data: unknown): string | undefined {
  const { errors = [] } = Said.safeParse(data).data ?? {};
  return errors.find((one) => one.code !== undefined && one.code !== 'custom')?.code;
}

/** Refusals that somebody can do something about. */
function rejectedNext(words: string): string {
  if (/already exists/i.test(words)) {
    return 'Nothing was changed: look at the one that is there, then make a new plan or choose another name.';
  }
  if (/head branch was modified|not a fast forward/i.test(words)) {
    return 'Somebody pushed meanwhile, and nothing was changed: look at what came, then make a new plan.';
  }
  if (/status check|review|protected|ruleset|rule violation|not mergeable/i.test(words)) {
    return 'A rule of the branch is not met yet, and nothing was changed: see the pull request, then try again.';
  }
  return 'Nothing was changed; see what GitHub says, and the manual steps of this plan.';
}
