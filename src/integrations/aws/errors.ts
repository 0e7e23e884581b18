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

export interface Attempt {
  readonly asked: Asked;
  /** Which AWS service answers: `AWS CodeDeploy`. */
  readonly system: string;
  /** In the imperative: `redeploy the earlier revision`. */
  readonly attempted: string;
  readonly on: string;
}

/** What the SDK puts on a failure once AWS answered; without an answer there is no status. */
const Answered = z.object({
  name: z.string(),
  message: z.string().catch(''),
  $metadata: z.object({ httpStatusCode: z.number(), requestId: z.string().optional() }),
});

const Response = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string().optional().catch(undefined)),
});

/** Kinds of failure by the code AWS gives; its status is 400 for nearly all of them. */
const KIND_OF_CODE: readonly (readonly [OutsideErrorKind, RegExp])[] = [
  ['throttled', /Throttl|TooManyRequests|RequestLimitExceeded/],
  [
    'credentials',
    /^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken|IncompleteSignature)/,
  ],
  ['permission', /^(AccessDenied|UnauthorizedOperation|NotAuthorized|OptInRequired)/],
  ['busy', /^(DeploymentLimitExceeded|UpdateInProgress)/],
  ['not-found', /(DoesNotExist|NotFound|NotActive|InvalidServiceName)(Exception)?$/],
];

/** Whatever a call of the AWS SDK threw, as an OutsideError. */
export function awsError(
  what: Attempt,
  thrown: unknown,
  o: {
    readonly gaveUp: GaveUp;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const base = { system: what.system, attempted: what.attempted, on: what.on };
  const response = responseOf(thrown);
  const answered = Answered.safeParse(thrown);
  const status = answered.data?.$metadata.httpStatusCode ?? response?.statusCode;
  if (!o.gaveUp && status !== undefined && status < 400) {
    const kind = what.asked === 'change' ? 'ambiguous' : 'malformed';
    const answer = 'the answer could not be read';
    return new OutsideError({ ...base, kind, status, answer, next: nextStep(kind) });
  }
  if (!o.gaveUp && status !== undefined) {
    const said = answered.data;
    const code =
      said && !/^(UnknownError|Error|SyntaxError)$/.test(said.name) ? said.name : undefined;
    const kind = kindOf(status, code, what.asked);
    const words = said ? wordsOf(said, o.secrets) : '';
    const waitMs = retryAfterMs(response?.headers['retry-after'], Date.now());
    return new OutsideError({
      ...base,
      kind,
      status,
      code,
      answer: words || undefined,
      correlationId: said?.$metadata.requestId ?? response?.headers['x-amzn-requestid'],
      retryAfterMs: waitMs,
      next: nextStep(kind, words, waitMs),
    });
  }
  const isLogin =
    thrown instanceof Error && /^(CredentialsProvider|TokenProvider)/.test(thrown.name);
  return unanswered({ ...what, next: (kind) => nextStep(kind) }, thrown, { ...o, isLogin });
}

/**
 * The parts of an answer that are used, checked.
 * @throws OutsideError of kind `malformed`.
 */
export function understood<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  what: Pick<Attempt, 'system' | 'attempted' | 'on'>,
): z.infer<T> {
  return understoodAs(schema, answer, { ...what, next: (kind) => nextStep(kind) });
}

function kindOf(status: number, code: string | undefined, asked: Asked): OutsideErrorKind {
  const known = KIND_OF_CODE.find(([, pattern]) => code !== undefined && pattern.test(code));
  return known?.[0] ?? kindOfStatus(status, asked);
}

function wordsOf(said: z.infer<typeof Answered>, secrets: readonly string[]): string {
  return said.message === said.name || said.message === 'UnknownError'
    ? ''
    : redact(said.message, secrets);
}

/** The SDK hides the raw response from loops over the error's fields. */
function responseOf(thrown: unknown): z.infer<typeof Response> | undefined {
  if (!(thrown instanceof Error) || !('$response' in thrown)) return undefined;
  return Response.safeParse(thrown.$response).data;
}

function nextStep(kind: OutsideErrorKind, words = '', waitMs?: number): string {
  switch (kind) {
    case 'credentials':
      return 'Check `aws.credentials`: keys may have been revoked or have expired; `backstop doctor` tells.';
    case 'permission':
      return permissionNext(words);
    case 'not-found':
      return 'Check `aws.region` and the names in backstop.yaml: AWS looks only in that region and account.';
    case 'throttled':
      return `AWS limits requests for each account: wait ${waitFor(waitMs)}, then try again.`;
    case 'busy':
      return 'Wait until the deployment in progress has ended, or stop it, then try again.';
    case 'unavailable':
      return 'Look at https://health.aws.amazon.com and the network here, then try again.';
    case 'malformed':
      return 'Try again; if it stays so, something between here and AWS changes its answers.';
    case 'ambiguous':
      return 'It may have been done: look at the deployments before anything is repeated.';
    case 'rejected':
      return /CODE_DEPLOY deployment controller/.test(words)
        ? 'CodeDeploy deploys this service: configure it as `aws-codedeploy`, then make a new plan.'
        : 'Nothing was changed; see what AWS says, and the manual steps of this plan.';
  }
}

/** AWS mostly names the action; without it the whole policy is named. */
function permissionNext(words: string): string {
  const action = /perform: ([\w-]+:\w+)/.exec(words)?.[1];
  const missing = action
    ? `be allowed ${action}, as by the policy in the integration's README`
    : "have the policy in the integration's README";
  return `Backstop's identity must ${missing}; a boundary or a policy of the organization can deny it, too.`;
}
