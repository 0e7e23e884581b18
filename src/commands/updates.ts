/** `/incident update`, its form, and the snooze button of reminders. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { updateModal } from '../blocks/updates.ts';
import { snoozeReminder } from '../flows/reminders.ts';
import { postUpdate } from '../flows/updates.ts';
import type { Incident } from '../incident.ts';
import { type Desk, decideFor, type Request, requireIncident } from './desk.ts';
import { decide, here, type Subcommands } from './here.ts';
import { onClick } from './on-click.ts';
import type { Outcome, Typed } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { asTyped } from './typed-words.ts';

export const UPDATES: Subcommands = { update };

/** Registers the form of a status update, and the buttons of reminders. */
export function registerUpdates(desk: Desk): void {
  onClick(desk, ACTION.writeUpdate, 0, async ({ incident, triggerId }) => {
    await openForm(desk, incident, triggerId);
  });
  onSubmit(desk, VIEW.update, async (submission) => {
    const { text = '', next = '' } = submission.fields;
    const incident = requireIncident(desk, submission.metadata.incident);
    const promised = /^\d{1,9}$/.test(next) ? Number(next) : undefined;
    await decideFor(desk, submission, incident.id, postUpdate(text, promised));
    return undefined;
  });
  onClick(desk, ACTION.snooze, 1, async (click) => {
    const [key = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, snoozeReminder(key, desk.reminders));
  });
}

/** With words it is posted as it is; without, the form asks for what the severity needs. */
async function update(desk: Desk, request: Request, typed: Typed, words: string): Promise<Outcome> {
  const incident = here(desk, typed);
  if (words.trim() !== '') {
    return decide(desk, request, incident, postUpdate(asTyped(words), intervalOf(desk, incident)));
  }
  await openForm(desk, incident, typed.triggerId);
  return {};
}

async function openForm(desk: Desk, incident: Incident, triggerId: string): Promise<void> {
  const view = updateModal(incident, intervalOf(desk, incident));
  await desk.client.views.open({ trigger_id: triggerId, view });
}

function intervalOf({ reminders }: Desk, { severity }: Incident): number | undefined {
  return severity && reminders.updates[severity.is];
}
