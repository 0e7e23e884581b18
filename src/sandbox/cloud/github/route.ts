import type { Agenda } from '../agenda.ts';
import type { Answer, Call, Route } from '../http.ts';
import { notFound } from './errors.ts';
import { createRecords, type Records } from './records.ts';
import type { Person, Repository, Run } from './world.ts';

/** What the routes read and change. */
export interface GitHubWorld {
  readonly repositories: readonly Repository[];
  readonly agenda: Agenda;
  /** Whose token it is. */
  readonly viewer: Person;
  /** How long a workflow run takes, in milliseconds of the cloud's clock. */
  runMs(): number;
  /** Starts the checks that a new pull request's head gets. */
  startChecks(repository: Repository, sha: string): void;
  /** How a run that finishes now ends. */
  conclusion(): string;
  afterRun(repository: Repository, run: Run): void;
  /** False of a server that knows no `return_run_details`. */
  tellsRun(): boolean;
}

export type RepositoryHandler = (call: Call, repository: Repository, records: Records) => Answer;

/** What a route needs beside its handler; the permission is `contents=read` and the like. */
export type RouteHead = Pick<Route, 'call' | 'path' | 'mutates'> & { readonly needs: string };

/** Makes routes under `/repos/{owner}/{repo}`, in any case; 404 for a repository that is not there. */
export function createRepositoryRoutes(world: GitHubWorld) {
  return (head: RouteHead, handle: RepositoryHandler): Route => ({
    ...head,
    path: `/repos/:owner/:repo${head.path}`,
    handle(call) {
      const asked = `${call.params['owner']}/${call.params['repo']}`.toLowerCase();
      const repository = world.repositories.find(
        (one) => `${one.owner}/${one.name}`.toLowerCase() === asked,
      );
      return repository ? handle(call, repository, recordsFor(call)) : notFound();
    },
  });
}

/** Records with addresses under the base URL the client used. */
export function recordsFor(call: Call): Records {
  return createRecords(call.origin);
}

/** 200 with a body. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** A field of the body when it is text. */
export function textIn(call: Call, field: string): string | undefined {
  const body: Readonly<Record<string, unknown>> =
    typeof call.body === 'object' && call.body !== null ? { ...call.body } : {};
  const value = body[field];
  return typeof value === 'string' ? value : undefined;
}

/** True when the body says `true` in that field. */
export function flagIn(call: Call, field: string): boolean {
  return (
    typeof call.body === 'object' &&
    call.body !== null &&
    Object.entries(call.body).some(([name, value]) => name === field && value === true)
  );
}
