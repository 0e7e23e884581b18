import type { DoctorFinding } from '../../component.ts';
import { type Found, finding, passed, warned } from '../finding.ts';
import type { GitHub } from './client.ts';
import type { Permissions } from './identity.ts';
import { readRepository } from './repository.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const ORDER = ['read', 'write', 'admin'];

/** A permission by GitHub's name, and what is not to be had without it. */
export interface Need {
  readonly permission: string;
  readonly level: 'read' | 'write';
  readonly for: string;
  /** True when the component is no good without it. */
  readonly must?: boolean;
}

/**
 * Checks by reading who Backstop is on GitHub, what it may do there as far as GitHub tells, and the repository; the first finding
 * is about the credential. Never throws.
 */
export async function examineAccess(
  github: GitHub,
  needs: readonly Need[],
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const { identity, name } = github;
  const access = await finding(`GitHub ${nameOf(github)} and repository ${name}`, 'fail', () =>
    readAccess(github, signal),
  );
  if (access.verdict === 'fail' || access.verdict === 'unknown') return [access];
  if (identity.kind === 'token') return [access];
  const granted = await finding(`permissions of ${identity.name}`, 'fail', async () =>
    judge((await identity.permissions(signal)) ?? {}, needs),
  );
  return [access, granted];
}

function nameOf({ identity }: GitHub): string {
  return identity.name.replace(/^GitHub /, '');
}

async function readAccess(github: GitHub, signal: AbortSignal): Promise<Found> {
  const { identity } = github;
  const found = await readRepository(github, signal);
  if (found.isReadOnly) {
    return warned('readable, but archived or disabled', 'A hotfix branch cannot be opened in it.');
  }
  // What an app may do its own permissions say.
  if (identity.kind === 'app') return passed('installed on it, and readable');
  if (found.mayPush === false) {
    const next = 'Give the token contents write, or hotfix branches cannot be opened.';
    return { verdict: 'fail', reason: 'the token may not write contents', next };
  }
  const ends = found.tokenEnds === undefined ? Number.NaN : Date.parse(found.tokenEnds);
  if (ends - Date.now() < WEEK_MS) {
    return warned(`the token ends ${found.tokenEnds}`, 'Renew it before it does.');
  }
  if (found.mayPush === true) return passed('readable and writable');
  return passed('readable; GitHub does not say whether the token may write');
}

function judge(granted: Permissions, needs: readonly Need[]): Found {
  const missing = needs.filter(({ permission, level }) => rank(granted[permission]) < rank(level));
  if (missing.length === 0) return passed('all that is used');
  const lacking = missing.map((one) => `${one.permission}: ${one.level} (${one.for})`).join(', ');
  return {
    verdict: missing.some((one) => one.must) ? 'fail' : 'warn',
    reason: `it lacks ${lacking}`,
    next: "Add it at the app's settings > Permissions, then accept it at the installation; what is not used can stay as it is.",
  };
}

function rank(level: string | undefined): number {
  return level === undefined ? -1 : ORDER.indexOf(level);
}
