/** Which playbooks there are: the form that chooses one, the list of them, and the form that goes on without a step. */

import type { ModalView } from '@slack/types';
import type { Incident } from '../incident.ts';
import type { Playbook } from '../playbook.ts';
import { activePlaybook, currentStep, type PlaybookProgress } from '../playbook-progress.ts';
import { proposedPlaybook } from '../playbook-rules.ts';
import { VIEW } from './actions.ts';
import { option, section } from './elements.ts';
import { modal, reason, select } from './inputs.ts';
import type { Reply } from './message.ts';
import { metadataOf } from './metadata.ts';
import { code, line, linesThatFit } from './mrkdwn.ts';

const LIST_ROOM = 2700;

/** The form with every playbook; the one that is proposed is chosen from the start. */
export function choosePlaybookModal(incident: Incident, playbooks: readonly Playbook[]): ModalView {
  const proposed = proposedPlaybook(incident)?.name;
  return modal(
    VIEW.choosePlaybook,
    'Choose a playbook',
    'Start it',
    metadataOf({ incident: incident.id }),
    [
      select(
        'playbook',
        'Playbook',
        playbooks.map(({ name, title, about }) => option(title, name, about)),
        proposed,
      ),
    ],
    section('The incident commander chooses. It takes the place of the one you are at.'),
  );
}

/** The form that asks what was done by hand, or why a step can be left. */
export function goOnModal(incident: Incident, progress: PlaybookProgress): ModalView {
  const step = currentStep(progress);
  return modal(
    VIEW.goOnInPlaybook,
    'Go on',
    'Go on',
    metadataOf({ incident: incident.id, ref: `${progress.number} ${step?.id ?? ''}` }),
    [reason('What was done, or why can it be left?', 'It goes into the timeline.', 'note')],
    section(`*${line(step?.title ?? '', 80)}*`),
  );
}

/** The playbooks there are, for the person who asks. */
export function playbookList(incident: Incident, playbooks: readonly Playbook[]): Reply {
  const active = activePlaybook(incident.playbooks)?.playbook.name;
  const proposed = proposedPlaybook(incident)?.name;
  const lines = playbooks.map(({ name, about }) => {
    const mark = name === active ? ' *(at work)*' : name === proposed ? ' *(proposed)*' : '';
    return `${code(name)}${mark} ${line(about, 200)}`;
  });
  const text = [
    linesThatFit(lines, LIST_ROOM),
    '`/incident playbook <name>` starts one, `/incident playbook stop` ends it.',
  ].join('\n');
  return { text, blocks: [section(text)] };
}
