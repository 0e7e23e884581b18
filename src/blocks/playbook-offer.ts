/** The playbook that is proposed, on the card. */

import type { KnownBlock } from '@slack/types';
import { activeRun, type Incident, isOpen, openProposal } from '../incident.ts';
import { AFTER_ROLLBACK, proposedPlaybook } from '../playbook-rules.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, section } from './elements.ts';

/** That a playbook fits, with a button that starts it; nothing while none is proposed. */
export function playbookOffer(incident: Incident): readonly KnownBlock[] {
  const proposed = proposedPlaybook(incident);
  if (!proposed || !isWelcome(incident, proposed.name)) return [];
  const { name, because } = proposed;
  const ids = [incident.id];
  const secret = name === 'security-breach' && !incident.private;
  return blocksOf(
    section(
      `*Playbook ${name}*, because ${because}.`,
      secret
        ? 'It is for a private incident: declare one with `/incident private <title>` and start it there.'
        : undefined,
    ),
    actions(
      secret
        ? undefined
        : button(ACTION.startPlaybook, 'Start playbook', [...ids, name], {
            label: `Start the playbook ${name}`,
          }),
      button(ACTION.choosePlaybook, 'Another playbook…', ids),
    ),
  );
}

/** People who have found their own way are not asked to begin anew. */
function isWelcome(incident: Incident, name: string): boolean {
  if (incident.status === 'closed') return false;
  if (activeRun(incident) || incident.planWanted || openProposal(incident)) return false;
  return name === AFTER_ROLLBACK.gives || (isOpen(incident) && incident.status !== 'monitoring');
}
