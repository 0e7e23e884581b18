import type { Hold } from '../../component.ts';
import type { Operation } from '../../operation.ts';
import { changeOfRoles } from './change-roles.ts';
import type { Contentful } from './client.ts';
import { givenBack, paused } from './roles.ts';

export const PAUSE_EDITORS = 'pause-editors';
export const RESUME_EDITORS = 'resume-editors';

/** Editors who may not publish while content is put back. */
export function createHold(roles: readonly string[]): Hold {
  return {
    acquire: () => ({ operation: PAUSE_EDITORS, input: { roles } }),
    release: () => ({ operation: RESUME_EDITORS, input: { roles } }),
  };
}

/** Withdraws the right to publish from roles, each conditional on its version. Drafts can still be written. */
export function createPauseEditors(contentful: Contentful): Operation {
  return changeOfRoles(contentful, {
    wanted: 'paused',
    attempted: (name) => `pause publishing of role ${name}`,
    apply: paused,
    title: (count) => `Pause publishing of ${rolesOf(count)} in Contentful`,
    undo: RESUME_EDITORS,
    manual: (roles) => [
      `Keep the editors of ${contentful.on} from publishing:`,
      `1. In Contentful: Settings > Roles & permissions; for each of the roles ${roles.join(', ')}: Content, and Media: "Users can not", add Publish of everything; Save.`,
      '2. Tell the content team. Without custom roles in the plan, telling them is all there is; administrators can never be held.',
      '3. Remember to take the rules away again, last of all.',
    ],
  });
}

/** Gives the right to publish back. It needs nothing but the roles themselves, so a crash in between loses nothing. */
export function createResumeEditors(contentful: Contentful): Operation {
  return changeOfRoles(contentful, {
    wanted: 'open',
    attempted: (name) => `give publishing back to role ${name}`,
    apply: givenBack,
    title: (count) => `Give publishing in Contentful back to ${rolesOf(count)}`,
    undo: PAUSE_EDITORS,
    manual: (roles) => [
      `Let the editors of ${contentful.on} publish again:`,
      `1. In Contentful: Settings > Roles & permissions; for each of the roles ${roles.join(', ')}: Content, and Media: delete the rule that denies to publish and unpublish everything; Save.`,
      '2. In the role\'s description, delete the sentence "Publishing is paused by Backstop while content is put back."',
      '3. Let an editor publish something small, and tell the content team.',
    ],
  });
}

function rolesOf(count: number): string {
  return count === 1 ? 'one role' : `${count} roles`;
}
