/** The forms of a release: what is announced of it, and why it is called off. */

import type { ModalView } from '@slack/types';
import type { Incident } from '../incident.ts';
import type { Service } from '../service.ts';
import { VIEW } from './actions.ts';
import { option, section } from './elements.ts';
import { modal, reason, select, text } from './inputs.ts';
import { metadataOf } from './metadata.ts';
import { line } from './mrkdwn.ts';

/** The limits that the flow holds these fields to. */
const VERSION_LIMIT = 60;
const WORDS_LIMIT = 200;
const CHANGES_LIMIT = 1500;

/** Asks for what guide 004's announcement says. `ref` of the metadata is the service. */
export function releaseModal(
  service: Service,
  version: string,
  environment: string | undefined,
  responseUrl: string,
): ModalView {
  const environments = Object.keys(service.environments);
  const chosen =
    environment ?? (environments.includes('production') ? 'production' : environments[0]);
  return modal(
    VIEW.prepareRelease,
    'Prepare a release',
    'Announce',
    metadataOf({ ref: service.id, responseUrl }),
    [
      text('version', 'Version', { max: VERSION_LIMIT, value: version }),
      select(
        'environment',
        'Environment',
        environments.map((id) => option(id, id)),
        chosen,
      ),
      text('when', 'When', {
        max: 40,
        value: 'now',
        hint: '`now`, or a time of yours such as 14:30 or tomorrow 9:00.',
      }),
      text('takes', 'Expected duration', { max: WORDS_LIMIT, value: '15 min' }),
      text('impact', 'Expected impact', { max: WORDS_LIMIT, value: 'None' }),
      text('changes', 'Changes included', {
        max: CHANGES_LIMIT,
        multiline: true,
        placeholder: 'A summary, or a link to the changelog',
      }),
    ],
    section(
      `*${line(service.name, 80)}*: it is announced at once. Nothing else changes until you start its plan.`,
    ),
  );
}

/** Asks why a release is called off. */
export function callOffModal({ id, title }: Incident): ModalView {
  return modal(
    VIEW.callOff,
    'Call the release off',
    'Call it off',
    metadataOf({ incident: id }),
    [reason('Why?', 'It is shown where the release was announced.')],
    section(
      `*${id} ${line(title, 200)}*`,
      'What is held is released, and its restore point deleted.',
    ),
  );
}
