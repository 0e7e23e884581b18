/** The form that buys time by a click: what this environment offers, and how much of it. */

import type { Button, ModalView, PlainTextOption } from '@slack/types';
import type { Component } from '../component.ts';
import type { Incident } from '../incident.ts';
import { mitigationsOf } from '../mitigations.ts';
import { ACTION, VIEW } from './actions.ts';
import { button, option, plain, section } from './elements.ts';
import { modal, select, text } from './inputs.ts';
import { metadataOf } from './metadata.ts';
import { placeOf } from './words.ts';

const VALUE_LIMIT = 200;

/** Opens the form. @param first the mitigation that is chosen from the start, where it is offered. */
export function mitigateButton(
  incident: Incident,
  first: string | undefined,
  { style }: { readonly style?: 'primary' | undefined } = {},
): Button {
  return button(ACTION.mitigate, 'Mitigate…', [incident.id, first ?? ''], {
    style,
    label: 'Plan a mitigation; nothing changes until it is approved',
  });
}

/** Shown at once, while the systems of an environment are loaded: Slack opens a form within three seconds only. */
export function lookingModal(): ModalView {
  return noteModal('One moment', 'Looking up what can be done here…');
}

/** Says that nothing can be done by a click here. */
export function nothingModal(incident: Incident): ModalView {
  return noteModal(
    'Mitigate',
    `Nothing in ${placeOf(incident)} can be mitigated from here: no component in backstop.yaml has flags, a restart, a scale or a command for it. Do it by hand, and note it with \`/incident note\`.`,
  );
}

function noteModal(title: string, words: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.mitigate,
    title: plain(title, 24),
    close: plain('Close', 24),
    blocks: [section(words)],
  };
}

/** The form; undefined where nothing can be done by a click. Its choice is the words after `/rollback`. */
export function mitigateModal(
  incident: Incident,
  components: readonly Component[],
  first: string,
): ModalView | undefined {
  const offers = mitigationsOf(components);
  const deeds = offers.map(({ name, component, mitigation }) =>
    option(mitigation.title, `do ${name} ${component.id}`),
  );
  const choices = [...deeds, ...components.flatMap(flagOptions)];
  if (choices.length === 0) return undefined;
  const hints = [
    ...new Set(offers.flatMap(({ mitigation: { value } }) => (value ? [value.about] : []))),
  ];
  const preferred = choices.find(({ value }) => value?.startsWith(`do ${first} `));
  return modal(
    VIEW.mitigate,
    'Mitigate',
    'Make the plan',
    metadataOf({ incident: incident.id }),
    [
      select('what', 'What is to be done?', choices, preferred?.value),
      ...(hints.length > 0
        ? [
            text('value', 'How much, or which?', {
              max: VALUE_LIMIT,
              optional: true,
              hint: `${hints.join('; ')}. Leave it empty for the rest.`,
            }),
          ]
        : []),
    ],
    section(`On ${placeOf(incident)}. A plan is made; nothing changes until it is approved.`),
  );
}

function flagOptions({ switches }: Component): readonly PlainTextOption[] {
  if (!switches) return [];
  return switches.states.flatMap((state) =>
    switches.names.map((name) => option(`Switch ${name} ${state}`, `flag ${name} ${state}`)),
  );
}
