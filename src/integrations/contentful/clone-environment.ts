import { z } from 'zod';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import type { Contentful } from './client.ts';
import { cloneInput } from './clone-input.ts';
import {
  type EnvironmentState,
  ownClones,
  readAlias,
  readEnvironment,
  readEnvironments,
  timeOf,
} from './environments.ts';
import { readOwnId } from './people.ts';
import type { ContentfulEnvironmentSettings } from './schema.ts';

const QUIET_MS = 60_000;
/** A clone of a big space takes up to an hour. */
const LIMIT_MS = 90 * 60_000;
const USUAL_MS = 5 * 60_000;
const POLL_MS = 5_000;

const CloneHandle = z.object({ environment: z.string() });

/**
 * Captures a restore point: clones the environment behind the alias. Its id follows from its name, so a repeat finds
 * the clone instead of making another.
 */
export function createCloneEnvironment(
  contentful: Contentful,
  settings: ContentfulEnvironmentSettings,
): Operation {
  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { environment } = cloneInput(input, contentful.prefix);
    const found = await readEnvironment(contentful, environment, signal);
    return {
      fingerprint: fingerprintOf(found),
      expected: 'cloned',
      moving: found?.status === 'cloning',
      note: noteOf(environment, found),
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    title: (input) => `Clone the live content as ${cloneInput(input, contentful.prefix).name}`,

    async describe(input, signal) {
      const { environment } = cloneInput(input, contentful.prefix);
      const { target } = await readAlias(contentful, signal);
      return [{ what: `environment ${environment}`, from: 'none', to: `a clone of ${target}` }];
    },

    async preflight(input, signal) {
      const { environment } = cloneInput(input, contentful.prefix);
      const [alias, environments] = await Promise.all([
        readAlias(contentful, signal),
        readEnvironments(contentful, signal),
      ]);
      const existing = environments.find(({ id }) => id === environment);
      return [
        sourceCheck(environments.find(({ id }) => id === alias.target)),
        nameCheck(environment, existing),
        await checked('There is room for a clone', true, () =>
          roomCheck(contentful, settings.environmentLimit, { environments, existing }, signal),
        ),
      ];
    },

    async submit(input, _intent, signal) {
      const { environment, name } = cloneInput(input, contentful.prefix);
      const { target } = await readAlias(contentful, signal);
      await contentful.change(
        `clone environment ${target} as ${environment}`,
        (client) =>
          client.environment.createWithId(
            { environmentId: environment, sourceEnvironmentId: target },
            { name },
          ),
        signal,
      );
      return { environment };
    },

    async poll(handle, signal) {
      const { environment } = CloneHandle.parse(handle);
      const found = await readEnvironment(contentful, environment, signal);
      switch (found?.status) {
        case 'ready':
          return { state: 'succeeded' };
        case 'failed':
          return { state: 'failed', reason: `Contentful could not clone ${environment}.` };
        case 'cloning':
          return { state: 'running', note: `Contentful is cloning ${environment}.` };
        case undefined:
          return { state: 'running', note: `Contentful does not show ${environment} yet.` };
      }
    },

    async recover(input, intent, handle, signal) {
      const seen = await observe(input, signal);
      if (seen.fingerprint.startsWith(FAILED)) {
        const { environment } = cloneInput(input, contentful.prefix);
        const reason = `Contentful left ${environment} behind, which it could not finish. Delete it under Settings > Environments, then retry.`;
        return { state: 'diverged', reason };
      }
      const judged = recoverByLooking(seen, intent);
      if (handle === undefined || judged.state !== 'not-started') return judged;
      const reason = `Contentful accepted the clone, and there is ${seen.note}: somebody may have deleted it.`;
      return { state: 'unknown', reason };
    },

    manual(input) {
      const { environment, name } = cloneInput(input, contentful.prefix);
      return [
        `Clone the live content of ${contentful.on} as ${name}:`,
        `1. In Contentful: Settings > Environments. See which environment the alias ${contentful.alias} points to.`,
        `2. Add environment; name ${environment}, clone of that environment. If ${environment} is there already, stop: it is done.`,
        `   Or: contentful space environment create --space-id ${contentful.space} --environment-id ${environment} --name ${environment} --source <that environment>`,
        '3. Wait until it is shown as ready. Big spaces take up to an hour.',
      ].join('\n');
    },
  };
}

const FAILED = 'failed';

function fingerprintOf(found: EnvironmentState | undefined): string {
  if (!found) return 'absent';
  // What Contentful could not finish is there, and takes the name.
  return found.status === 'failed' ? `${FAILED} at ${found.createdAt}` : 'cloned';
}

function noteOf(id: string, found: EnvironmentState | undefined): string {
  switch (found?.status) {
    case undefined:
      return `no environment ${id}`;
    case 'ready':
      return `environment ${id}, ready since ${timeOf(found.createdAt)}`;
    case 'cloning':
      return `environment ${id}, which Contentful is still cloning`;
    case 'failed':
      return `environment ${id}, which Contentful failed to clone`;
  }
}

function sourceCheck(source: EnvironmentState | undefined): Check {
  const name = 'The live content can be cloned';
  if (!source) return fail(name, 'The environment behind the alias is not listed.');
  if (source.status !== 'ready') return fail(name, `${source.id} is not ready.`);
  return pass(name, `${source.id} is live and ready.`);
}

function nameCheck(id: string, existing: EnvironmentState | undefined): Check {
  const name = 'The name is free';
  if (!existing) return pass(name, `There is no environment ${id} yet.`);
  const since = timeOf(existing.createdAt);
  if (existing.status === 'failed') {
    return fail(name, `${id} was left behind by a clone that failed at ${since}; delete it first.`);
  }
  return warn(name, `${id} is there already, cloned at ${since}; no other clone is made.`);
}

/** Full, it names what may go: what a failed clone left behind, else the oldest one that Backstop's own user made. */
async function roomCheck(
  contentful: Contentful,
  limit: number | undefined,
  {
    environments,
    existing,
  }: {
    readonly environments: readonly EnvironmentState[];
    readonly existing: EnvironmentState | undefined;
  },
  signal: AbortSignal,
): Promise<Check> {
  const name = 'There is room for a clone';
  if (existing) return pass(name, 'The clone is there already.');
  const count = environments.length;
  if (limit === undefined) {
    return pass(name, `${count} environments; set \`environmentLimit\` to have the room checked.`);
  }
  if (count < limit) return pass(name, `${count} of ${limit} environments are in use.`);
  const full = `All ${limit} environments that the plan allows are in use.`;
  const self = await readOwnId(contentful, signal);
  const deletable = ownClones(contentful, environments).filter(
    ({ aliases, createdBy }) => aliases.length === 0 && createdBy === self,
  );
  const called = (one: EnvironmentState): string =>
    `${one.name === one.id ? one.id : `${one.name} (${one.id})`} of ${timeOf(one.createdAt)}`;
  const leftover = deletable.findLast(({ status }) => status === 'failed');
  if (leftover) {
    const words = 'Delete first what a clone that failed left behind';
    return fail(name, `${full} ${words}: ${called(leftover)}.`);
  }
  const oldest = deletable.findLast(({ status }) => status === 'ready');
  if (!oldest) {
    return fail(name, `${full} None of them is Backstop's to delete; somebody must make room.`);
  }
  return fail(name, `${full} Delete Backstop's oldest restore point first: ${called(oldest)}.`);
}
