/** The three kinds of failure Backstop tells apart: a refused request, a failing outside system, a wrong configuration. */

export type RefusalCode =
  | 'invalid-input'
  | 'not-found'
  | 'forbidden'
  | 'already-done'
  | 'out-of-date'
  | 'closed'
  | 'not-possible';

/**
 * A request that Backstop will not carry out, with words for the person who asked.
 * Nothing was changed. `field` names the form field at fault, where there is one.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly field: string | undefined;

  constructor(code: RefusalCode, message: string, field?: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.field = field;
  }
}

/**
 * What an outside system's failure means for the caller.
 * `rejected` = it answered that it did not do it. `ambiguous` = nobody knows whether it was done.
 */
export type OutsideErrorKind =
  | 'credentials'
  | 'permission'
  | 'not-found'
  | 'busy'
  | 'throttled'
  | 'rejected'
  | 'unavailable'
  | 'ambiguous'
  | 'malformed';

export interface OutsideErrorDetail {
  readonly kind: OutsideErrorKind;
  /** The system that answered, e.g. `Azure App Service`. */
  readonly system: string;
  /** What was attempted, in the imperative: `swap the slots`. */
  readonly attempted: string;
  /** The resource it was attempted on. */
  readonly on: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** The system's own words, secrets removed. */
  readonly answer?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Milliseconds the system asked us to wait. */
  readonly retryAfterMs?: number | undefined;
  /** What a person can do next, one sentence. */
  readonly next: string;
  readonly cause?: unknown;
}

/** A failure of a system outside Backstop, in one shape for every integration. */
export class OutsideError extends Error {
  readonly detail: OutsideErrorDetail;

  constructor(detail: OutsideErrorDetail) {
    super(outsideMessage(detail), { cause: detail.cause });
    this.name = 'OutsideError';
    this.detail = detail;
  }

  /** True when the same read may be tried again and can succeed. */
  get retryable(): boolean {
    return ['throttled', 'unavailable', 'ambiguous', 'busy'].includes(this.detail.kind);
  }

  /** True when the system said that nothing was done. */
  get surelyNotDone(): boolean {
    return ['credentials', 'permission', 'not-found', 'busy', 'throttled', 'rejected'].includes(
      this.detail.kind,
    );
  }
}

function outsideMessage(d: OutsideErrorDetail): string {
  const said = [d.status, d.code].filter((part) => part !== undefined).join(' ');
  const answer = d.answer ? `: ${d.answer.replace(/\.+$/, '')}` : '';
  return `${d.system} could not ${d.attempted} on ${d.on}${said ? ` (${said})` : ''}${answer}. ${d.next}`;
}

/** One thing wrong in the configuration: where, what it is, what was expected. Never contains a secret. */
export interface ConfigProblem {
  /** 1-based; absent when it is about no line. */
  readonly line?: number | undefined;
  /** From the top of the file, such as `services.checkout.name`. */
  readonly path: string;
  readonly value: string;
  /** A noun phrase. */
  readonly expected: string;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
}

/** The configuration cannot be used; carries every problem found, not only the first. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(
      `${file} cannot be used:\n${problems.map((each) => `  ${problemText(each)}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function problemText({ line, path, value, expected, suggestion }: ConfigProblem): string {
  const where = line === undefined ? path : `line ${line}: ${path}`;
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return `${where} should be ${expected}; found ${value}${hint}`;
}

/** The journal cannot take or give what was asked: disk full, read-only, damaged, held by another process. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** The words of any thrown value, for a log line or a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
