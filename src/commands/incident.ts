/** `/incident`: declare, list, note, call the contacts; the other words have files of their own. */

import { didYouMean, help, incidentList, unknownSubcommand } from '../blocks/help.ts';
import { addNote } from '../flows/add-note.ts';
import { callContacts } from '../flows/call-contacts.ts';
import { maySee } from '../incident.ts';
import { DECLARE, openTyped } from './declare-form.ts';
import { type Desk, policyOf, type Request } from './desk.ts';
import { HANDOVER } from './handover.ts';
import { decide, firstWord, here, type Subcommands, zoneOf } from './here.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { type Outcome, onCommand, type Typed } from './on-command.ts';
import { PLAYBOOKS } from './playbooks.ts';
import { ROLE_COMMANDS } from './roles.ts';
import { STATUS_PAGE } from './status-page.ts';
import { SUBSCRIPTIONS } from './subscriptions.ts';
import { TASKS } from './tasks.ts';
import { noteSaid } from './typed-words.ts';
import { UPDATES } from './updates.ts';

/** By the word after `/incident`. */
export const SUBCOMMANDS: Subcommands = {
  help: async (_desk, _request, _typed, words) => ({ reply: help('incident', words) }),
  list: async (desk, { actor }) => ({
    reply: incidentList(desk.loop.incidents().filter((each) => maySee(each, actor.id))),
  }),
  note: async (desk, request, typed, words) => {
    const incident = here(desk, typed);
    const { text, at } = noteSaid(words, desk.clock.now(), await zoneOf(desk, request));
    return decide(desk, request, incident, addNote(text, at), 'Noted; it is in the timeline.');
  },
  contacts: (desk, request, typed) => {
    const incident = here(desk, typed);
    return decide(desk, request, incident, callContacts(policyOf(desk, incident).service));
  },
  ...DECLARE,
  ...LIFECYCLE,
  ...ROLE_COMMANDS,
  ...TASKS,
  ...UPDATES,
  ...STATUS_PAGE,
  ...SUBSCRIPTIONS,
  ...HANDOVER,
  ...PLAYBOOKS,
};

/** Registers `/incident`. */
export function registerIncident(desk: Desk): void {
  onCommand(desk, '/incident', (request, typed) => incidentCommand(desk, request, typed));
}

async function incidentCommand(desk: Desk, request: Request, typed: Typed): Promise<Outcome> {
  const [word, words] = firstWord(typed.text);
  const name = word.toLowerCase();
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand) return subcommand(desk, request, typed, words);
  if (words === '' && didYouMean('incident', word)) {
    return { reply: unknownSubcommand('incident', word) };
  }
  return openTyped(desk, typed, typed.text);
}
