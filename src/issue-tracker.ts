/** Where post-mortems and follow-ups are worked on as issues. */

import { Refusal } from './errors.ts';

/** An issue as people find it. */
export interface PostedIssue {
  readonly url: string;
  /** False when it was there before, and nothing was opened now. */
  readonly isNew: boolean;
}

/** A follow-up that has an issue, or is to get one. */
export interface FollowUpToTrack {
  readonly title: string;
  readonly body: string;
  /** True when its issue is to be closed. */
  readonly isDone: boolean;
  /** Its issue, where it has one. */
  readonly url?: string | undefined;
}

export interface TrackedFollowUp extends PostedIssue {
  /** Whether the issue was closed before anybody here did. */
  readonly isClosed: boolean;
}

/** The post-mortem as it is opened. */
export interface IssueToPost {
  /** `owner/name`. */
  readonly repository: string;
  readonly title: string;
  readonly body: string;
  /** What is said there of a follow-up, under the issue at `parent`; undefined for one that the document does not know yet. */
  readonly followUp: (
    task: string,
    parent: string,
  ) => { readonly title: string; readonly body: string } | undefined;
}

/** What became of it, and of its follow-ups. */
export interface PostedPostmortem {
  readonly url: string;
  readonly isNew: boolean;
  readonly followUps: readonly {
    readonly task: string;
    readonly url: string;
    readonly state: 'opened' | 'open' | 'done';
  }[];
}

/** Each call looks first and sends each change once, so it may be repeated after a lost answer. All throw OutsideError. */
export interface IssueTracker {
  /** Opens an issue in `owner/name`, unless one of the newest has its title. */
  openOnce(
    repository: string,
    issue: { readonly title: string; readonly body: string },
    signal: AbortSignal,
  ): Promise<PostedIssue>;
  /** Opens the follow-up's issue unless it is there, hangs it under the one at `parent`, and closes it when it is done. */
  track(
    repository: string,
    parent: string,
    followUp: FollowUpToTrack,
    signal: AbortSignal,
  ): Promise<TrackedFollowUp>;
  isClosed(url: string, signal: AbortSignal): Promise<boolean>;
  /** Closes the issue unless it is closed. */
  close(url: string, signal: AbortSignal): Promise<void>;
}

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*\/[\w.-]+$/;

/**
 * Which repository an incident's issues go into.
 * @param named as somebody typed it. @param own those that the service is built from.
 * @throws Refusal where it is not clear.
 */
export function repositoryFor(
  service: string,
  named: string | undefined,
  own: readonly string[],
): string {
  if (named !== undefined) {
    if (REPOSITORY.test(named)) return named;
    throw new Refusal(
      'invalid-input',
      `${named.slice(0, 60)} is no repository; write it as owner/name.`,
    );
  }
  const [only, ...more] = own;
  if (only !== undefined && more.length === 0) return only;
  throw new Refusal(
    'invalid-input',
    only === undefined
      ? `${service} has no github-repository in the configuration; name one with --repository owner/name.`
      : `${service} is built from several repositories (${own.join(', ')}); name one with --repository owner/name.`,
  );
}
