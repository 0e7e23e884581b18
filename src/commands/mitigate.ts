/** The form that buys time: a plan of a flag, a restart, more instances or a configured command. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { lookingModal, mitigateModal, nothingModal } from '../blocks/mitigate.ts';
import { askForPlan } from '../flows/propose-plan.ts';
import { resolveMitigation } from '../mitigations.ts';
import { type Desk, decideFor, requireIncident } from './desk.ts';
import { onClick } from './on-click.ts';
import { onSubmit } from './on-submit.ts';
import { readRollbackWords, wishOf } from './rollback-words.ts';
import { unlessClosed } from './unless-closed.ts';

/** Registers the button and the form. */
export function registerMitigate(desk: Desk): void {
  onClick(desk, ACTION.mitigate, 1, async ({ incident, ids: [first = ''], triggerId }) => {
    const opened = await desk.client.views.open({ trigger_id: triggerId, view: lookingModal() });
    const { service, environment } = incident;
    return async () => {
      const { components } = await desk.catalogue.systems(service, environment);
      const view = mitigateModal(incident, components, first) ?? nothingModal(incident);
      // Without its hash: nothing else changes it.
      await desk.client.views.update({ view_id: opened.view?.id ?? '', view }).catch(unlessClosed);
    };
  });
  onSubmit(desk, VIEW.mitigate, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    const { components } = await desk.catalogue.systems(incident.service, incident.environment);
    const wish = wishOf(readRollbackWords(submission.fields['what'] ?? ''), undefined);
    const value = submission.fields['value']?.trim();
    if (!wish.mitigate) {
      await decideFor(desk, submission, incident.id, askForPlan(wish));
      return undefined;
    }
    const mitigate = { ...wish.mitigate, ...(value ? { value } : {}) };
    // What is missing or too much is said under its field, before a plan is wanted.
    resolveMitigation(components, mitigate);
    await decideFor(desk, submission, incident.id, askForPlan({ ...wish, mitigate }));
    return undefined;
  });
}
