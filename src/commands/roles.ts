import { ACTION } from '../blocks/actions.ts';
import { Refusal } from '../errors.ts';
import type { Role } from '../events.ts';
import { takeRole } from '../flows/take-role.ts';
import { type Desk, decideFor, membershipOf, type Request } from './desk.ts';
import { onClick } from './on-click.ts';

const ROLES: readonly Role[] = ['commander', 'communications-lead', 'operations-lead', 'scribe'];

/** Registers the buttons that take a role. */
export function registerRoles(desk: Desk): void {
  onClick(desk, ACTION.takeRole, 2, async (click) => {
    const [name, from] = click.ids;
    const role = ROLES.find((known) => known === name);
    if (!role) throw new Refusal('invalid-input', 'There is no such role.');
    if (role === 'commander') await requireMayCommand(desk, click);
    await decideFor(desk, click, click.incident.id, takeRole(role, from === '' ? undefined : from));
  });
}

/** @throws Refusal unless the configuration lets the person take command. */
export async function requireMayCommand(desk: Desk, request: Request): Promise<void> {
  if (!desk.commanders) return;
  switch (await membershipOf(desk, request, desk.commanders)) {
    case 'yes':
      return;
    case 'no':
      throw new Refusal(
        'forbidden',
        'You are not among those who may take command (incidents.commanders).',
      );
    case 'unknown':
      throw new Refusal(
        'forbidden',
        'Slack could not say whether you may take command. Try again in a moment.',
      );
  }
}
