import { z } from 'zod';
import { OutsideError, Refusal } from '../../errors.ts';
import {
  type Check,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { pass, warn } from '../checks.ts';
import type { Contentful } from './client.ts';
import { inTurn } from './in-turn.ts';
import { type Publishing, publishingOf, type Role, readRole, writeRole } from './roles.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 5 * 60_000;
const USUAL_MS = 3_000;
const POLL_MS = 1_000;

const EditorsInput = z.strictObject({ roles: z.array(z.string().min(1)).min(1) });

/** Which roles, and what they were before, for a person who has to give it back by hand. */
const EditorsHandle = z.object({
  roles: z.array(z.string()),
  former: z.array(
    z.object({ id: z.string(), description: z.string(), policies: z.array(z.json()) }),
  ),
});

/** A change of what roles may publish, and its way back. */
export interface RoleChange {
  readonly wanted: Exclude<Publishing, 'odd'>;
  attempted(name: string): string;
  apply(role: Role): Role;
  title(count: number): string;
  /** The operation that takes it back. */
  readonly undo: string;
  manual(roles: readonly string[]): readonly string[];
}

/** The operation that brings every role named in its input to the wanted state, each conditional on its version. */
export function changeOfRoles(contentful: Contentful, change: RoleChange): Operation {
  const isOpen = change.wanted === 'open';

  /** What is given back needs none that was deleted meanwhile, as long as the token sees another one. */
  async function readAll(ids: readonly string[], signal: AbortSignal): Promise<readonly Role[]> {
    const read = await Promise.allSettled(ids.map((id) => readRole(contentful, id, signal)));
    const roles = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = read.find(
      (one) => one.status === 'rejected' && !(isOpen && roles.length > 0 && isGone(one.reason)),
    );
    if (failed?.status === 'rejected') throw failed.reason;
    return roles;
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const roles = await readAll(rolesIn(input), signal);
    return {
      fingerprint: fingerprintOf(roles, change.wanted),
      expected: change.wanted,
      moving: false,
      note: roles.map((role) => `role ${role.name} ${WORDS[publishingOf(role)]}`).join(', '),
    };
  }

  return {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    title: (input) => change.title(rolesIn(input).length),

    async describe(input, signal) {
      const roles = await readAll(rolesIn(input), signal);
      return roles.map((role) => {
        const now = publishingOf(role);
        // What is given back in the end is planned while nothing is paused yet.
        const before = now === change.wanted ? OTHER[now] : now;
        return { what: `role ${role.name}`, from: WORDS[before], to: WORDS[change.wanted] };
      });
    },

    async preflight(input, signal) {
      const roles = await readAll(rolesIn(input), signal);
      return [
        pass('The roles are there', roles.map(({ name }) => name).join(', ')),
        ...roles.filter((role) => publishingOf(role) === 'odd').map(oddCheck),
        ...(isOpen ? [] : [heldCheck(contentful.alias)]),
      ];
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const ids = (await readAll(rolesIn(input), signal)).map(({ id }) => id);
      const former: Json[] = [];
      await inTurn(contentful, 'roles', ids, signal, async (id, changed) => {
        const role = await readRole(contentful, id, signal);
        if (publishingOf(role) === change.wanted) return;
        former.push({ id, description: role.description, policies: role.policies });
        await writeRole(contentful, change.attempted(role.name), change.apply(role), signal);
        changed();
      });
      return { roles: ids, former };
    },

    async poll(handle, signal) {
      const { roles } = EditorsHandle.parse(handle);
      const found = await readAll(roles, signal);
      const others = found.filter((role) => publishingOf(role) !== change.wanted);
      if (others.length === 0) return { state: 'succeeded' };
      const names = others.map(({ name }) => name).join(', ');
      return { state: 'failed', reason: `Somebody changed what role ${names} may do.` };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },

    undo: (input) => ({ operation: change.undo, input: { roles: rolesIn(input) } }),

    manual: (input) => change.manual(rolesIn(input)).join('\n'),
  };
}

const WORDS: Readonly<Record<Publishing, string>> = {
  open: 'may publish as its rules say',
  paused: 'may not publish, paused by Backstop',
  odd: 'has one part of a pause by Backstop and lacks the other',
};

function isGone(error: unknown): boolean {
  return error instanceof OutsideError && error.detail.kind === 'not-found';
}

const OTHER = { open: 'paused', paused: 'open' } as const;

function heldCheck(alias: string): Check {
  const others =
    'Administrators of the space can still publish, scheduled publishing still happens, and drafts can still be written.';
  const elsewhere = ` Contentful applies such rules to the environment behind \`master\`, and not to the one behind \`${alias}\` unless its roles are set up for it.`;
  return warn('Everybody is held', alias === 'master' ? others : `${others}${elsewhere}`);
}

/** The end where all are there; the other state while any is not, so that half of the way looks like its start. */
function fingerprintOf(roles: readonly Role[], wanted: 'open' | 'paused'): string {
  const states = roles.map((role) => publishingOf(role));
  const odd = roles.filter((_, index) => states[index] === 'odd').map(({ id }) => id);
  if (odd.length > 0) return `odd: ${odd.join(', ')}`;
  if (states.every((state) => state === wanted)) return wanted;
  return wanted === 'open' ? 'paused' : 'open';
}

function oddCheck(role: Role): Check {
  const reason = `Role ${role.name} ${WORDS.odd}. Under Settings > Roles & permissions take away both: the rules that deny publishing everything, and Backstop's sentence in its description.`;
  return { name: 'Its rules are whole', verdict: 'fail', reason, blocking: true };
}

function rolesIn(input: Json): readonly string[] {
  const parsed = EditorsInput.safeParse(input);
  if (parsed.success) return parsed.data.roles;
  throw new Refusal('invalid-input', 'Pausing editors needs `roles`, the ids of roles.', 'roles');
}
