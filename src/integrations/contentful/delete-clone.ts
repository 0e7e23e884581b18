import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, fail, pass } from '../checks.ts';
import type { Contentful } from './client.ts';
import { deleteInput } from './clone-input.ts';
import { type EnvironmentState, readAlias, readEnvironment, timeOf } from './environments.ts';
import { readOwnId } from './people.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 10 * 60_000;
const USUAL_MS = 5_000;
const POLL_MS = 2_000;
const ABSENT = 'absent';

const DeleteHandle = z.object({ environment: z.string(), createdAt: z.number().nullable() });

/** Deletes a restore point of Backstop's own. What is behind an alias, or was made by somebody else, is never deleted. */
export function createDeleteClone(contentful: Contentful): Operation {
  async function find(input: Json, signal: AbortSignal) {
    const wanted = deleteInput(input, contentful.prefix);
    return { wanted, found: await readEnvironment(contentful, wanted.environment, signal) };
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { wanted, found } = await find(input, signal);
    return {
      fingerprint: fingerprintOf(found),
      expected: ABSENT,
      moving: false,
      note: found
        ? `environment ${found.id} of ${timeOf(found.createdAt)}${found.aliases.length > 0 ? `, behind alias ${found.aliases.join(', ')}` : ''}`
        : `no environment ${wanted.environment}`,
    };
  }

  return {
    effect: 'destructive',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    title: (input) =>
      `Delete restore point ${deleteInput(input, contentful.prefix).environment} for good`,

    async describe(input, signal) {
      const { wanted, found } = await find(input, signal);
      const what = `environment ${wanted.environment}`;
      const from = found ? `a clone of ${timeOf(found.createdAt)}` : 'none';
      return [{ what, from, to: 'deleted for good' }];
    },

    async preflight(input, signal) {
      const { wanted, found } = await find(input, signal);
      const [alias, owner] = await Promise.all([
        readAlias(contentful, signal),
        checked("It is Backstop's own", true, async () =>
          ownerCheck(found, await readOwnId(contentful, signal)),
        ),
      ]);
      return [sameCheck(found, wanted.createdAt), unusedCheck(found, alias.target), owner];
    },

    async submit(input, intent, signal) {
      const { wanted, found } = await find(input, signal);
      const createdAt = found?.createdAt ?? null;
      // A destructive call goes out only to what the plan showed.
      if (found && (found.aliases.length > 0 || fingerprintOf(found) !== intent.before)) {
        const text = `${found.id} is not what it was when the plan was made; nothing was deleted.`;
        throw new Refusal('out-of-date', text);
      }
      await contentful.change(
        `delete environment ${wanted.environment}`,
        (client) => client.environment.delete({ environmentId: wanted.environment }),
        signal,
      );
      return { environment: wanted.environment, createdAt };
    },

    async poll(handle, signal) {
      const { environment, createdAt } = DeleteHandle.parse(handle);
      const found = await readEnvironment(contentful, environment, signal);
      if (found?.createdAt !== createdAt) return { state: 'succeeded' };
      return { state: 'running', note: `Contentful still shows ${environment}.` };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },

    manual(input) {
      const { environment } = deleteInput(input, contentful.prefix);
      return [
        `Delete restore point ${environment} of ${contentful.on}. It cannot be brought back.`,
        `1. In Contentful: Settings > Environments. See that no alias points to ${environment}.`,
        `2. Delete ${environment} there, or: contentful space environment delete --space-id ${contentful.space} --environment-id ${environment}`,
      ].join('\n');
    },
  };
}

function fingerprintOf(found: EnvironmentState | undefined): string {
  if (!found) return ABSENT;
  return `present since ${found.createdAt}${found.aliases.map((id) => ` behind ${id}`).join('')}`;
}

function sameCheck(found: EnvironmentState | undefined, createdAt: number | undefined): Check {
  const name = 'It is the clone that was meant';
  if (!found) return pass(name, 'It is gone already.');
  if (createdAt !== undefined && found.createdAt !== createdAt) {
    return fail(name, `${found.id} was made again at ${timeOf(found.createdAt)}.`);
  }
  return pass(name, `${found.id} was cloned at ${timeOf(found.createdAt)}.`);
}

function unusedCheck(found: EnvironmentState | undefined, live: string): Check {
  const name = 'Nobody reads it';
  if (found && (found.id === live || found.aliases.length > 0)) {
    return fail(name, `${found.id} is behind alias ${found.aliases.join(', ')}: it is live.`);
  }
  return pass(name, 'No alias points to it.');
}

function ownerCheck(found: EnvironmentState | undefined, self: string): Check {
  const name = "It is Backstop's own";
  if (!found || found.createdBy === self) return pass(name, "Backstop's user made it.");
  return fail(
    name,
    `${found.id} was made by another user (${found.createdBy ?? 'unknown'}); Backstop deletes only what its own user made.`,
  );
}
