/** The form that asks whose timeline a message belongs into. */

import type { ModalView } from '@slack/types';
import type { Incident } from '../incident.ts';
import { VIEW } from './actions.ts';
import { option } from './elements.ts';
import { modal, select } from './inputs.ts';
import { placeOf, statusName } from './words.ts';

/** @param incidents the newest first; it is chosen from the start. */
export function keepMessageModal(incidents: readonly Incident[], metadata: string): ModalView {
  const options = incidents.map((incident) =>
    option(
      `${incident.id} ${incident.title}`,
      incident.id,
      `${statusName(incident.status)}, ${placeOf(incident)}`,
    ),
  );
  return modal(VIEW.keepMessage, 'Add to the timeline', 'Add it', metadata, [
    select('incident', 'Incident', options, incidents[0]?.id),
  ]);
}
