/** `/incident command` and `role`, and the buttons that take a role. */

import { ACTION } from '../blocks/actions.ts';
import { Refusal } from '../errors.ts';
import type { Role } from '../events.ts';
import { assignRole, takeRole } from '../flows/take-role.ts';
import type { Flow } from '../loop.ts';
import { type Desk, decideFor, type Request } from './desk.ts';
import { decide, firstWord, here, type Subcommands } from './here.ts';
import { onClick } from './on-click.ts';
import type { Outcome, Typed } from './on-command.ts';
import { asTyped, personAndWhy } from './typed-words.ts';

const ROLES: readonly Role[] = ['commander', 'communications-lead', 'operations-lead', 'scribe'];

/** What people call the roles, besides their names. */
const ALSO: Readonly<Record<string, Role>> = {
  ic: 'commander',
  command: 'commander',
  comms: 'communications-lead',
  communications: 'communications-lead',
  ops: 'operations-lead',
  operations: 'operations-lead',
};

export const ROLE_COMMANDS: Subcommands = {
  /** Typing the command is meant: whoever holds the role hands it over, and the timeline says so. */
  command: async (desk, request, typed, words) => {
    const incident = here(desk, typed);
    await requireMayCommand(desk, request.actor.id);
    const flow = takeRole('commander', incident.roles.commander, asTyped(words));
    return decide(desk, request, incident, flow);
  },
  role: giveRole,
};

/** Registers the buttons that take a role. */
export function registerRoles(desk: Desk): void {
  onClick(desk, ACTION.takeRole, 2, async (click) => {
    const [name, from] = click.ids;
    const role = ROLES.find((known) => known === name);
    if (!role) throw new Refusal('invalid-input', 'There is no such role.');
    const { id } = click.actor;
    await (role === 'commander' ? requireMayCommand(desk, id) : requireMember(desk, id));
    await decideFor(desk, click, click.incident.id, takeRole(role, from === '' ? undefined : from));
  });
}

/** @throws Refusal unless the configuration lets the person take command: a full member, where it names nobody. */
export async function requireMayCommand(desk: Desk, user: string): Promise<void> {
  requirePerson(user);
  if (!desk.commanders) return requireMember(desk, user);
  switch (await desk.directory.membership(user, desk.commanders)) {
    case 'yes':
      return;
    case 'no':
      throw new Refusal(
        'forbidden',
        `<@${user}> is not among those who may take command. Ask one of them (incidents.commanders).`,
      );
    case 'unknown':
      throw new Refusal(
        'forbidden',
        `Slack could not say whether <@${user}> may take command. Try again in a moment.`,
      );
  }
}

/** @throws Refusal for guests, bots and people who left. Where Slack cannot say, the work goes on. */
export async function requireMember(desk: Desk, user: string): Promise<void> {
  requirePerson(user);
  const reason = NOT_A_MEMBER[await desk.directory.standing(user)];
  if (reason === undefined) return;
  throw new Refusal(
    'forbidden',
    `<@${user}> ${reason}, so nothing was changed. Choose a member of this workspace.`,
    'user',
  );
}

/** Slack's forms send nothing else; whatever does is none of Slack's. */
function requirePerson(user: string): void {
  if (/^[UW][A-Z0-9]{1,30}$/.test(user)) return;
  throw new Refusal('not-found', 'That is nobody here. Choose somebody from the list.', 'user');
}

const NOT_A_MEMBER: Readonly<Record<string, string>> = {
  guest: 'is a guest here',
  bot: 'is an app',
  gone: 'is not in this workspace any more',
};

/** `role scribe` takes it; `role scribe @ana she was there` gives it to her, and says why. */
async function giveRole(
  desk: Desk,
  request: Request,
  typed: Typed,
  words: string,
): Promise<Outcome> {
  const incident = here(desk, typed);
  const [name, rest] = firstWord(words);
  const word = name.toLowerCase();
  const role = ROLES.find((known) => known === word) ?? ALSO[word];
  if (!role) {
    throw new Refusal('invalid-input', `Choose one of these roles: ${ROLES.join(', ')}.`, 'role');
  }
  const { person = request.actor.id, why } = personAndWhy(rest);
  return decide(desk, request, incident, await giveRoleTo(desk, request, role, person, why));
}

/** @throws Refusal for a role that there is not, and for somebody who cannot have it. */
export async function giveRoleTo(
  desk: Desk,
  request: Request,
  name: string,
  user: string,
  why: string,
): Promise<Flow> {
  const role = ROLES.find((known) => known === name);
  if (!role) throw new Refusal('invalid-input', 'There is no such role.', 'role');
  await (role === 'commander' ? requireMayCommand(desk, user) : requireMember(desk, user));
  return user === request.actor.id ? takeRole(role, undefined, why) : assignRole(role, user, why);
}
