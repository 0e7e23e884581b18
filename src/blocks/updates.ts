/** Status updates: what people were told, and the form that asks for what the severity needs. */

import type { ModalView } from '@slack/types';
import type { Severity } from '../assessment.ts';
import { type Incident, isOpen, type StatusUpdate } from '../incident.ts';
import { VIEW } from './actions.ts';
import { blocksOf, context, option, section } from './elements.ts';
import { modal, select, text } from './inputs.ts';
import type { Dated, Surroundings } from './message.ts';
import { metadataOf } from './metadata.ts';
import { at, duration, line, prose, who } from './mrkdwn.ts';
import { nameOf, severityLabel, statusLabel } from './words.ts';

/** The limit that the flow holds an update to. */
const UPDATE_LIMIT = 2000;

/** One message for each update. */
export function updateMessages(incident: Incident): readonly Dated[] {
  return incident.updates.map((update, index) => ({
    since: update.at,
    message: {
      key: `update/${index + 1}`,
      where: 'incident',
      text: `Status update of ${nameOf(incident)}: ${line(update.text, 2500)}`,
      blocks: blocksOf(
        section('*Status update*', prose(update.text, 2500)),
        context(`${who(update.by)}, ${at(update.at)}.${promise(update)}`),
      ),
    },
  }));
}

/** `Last update 14:02 by Ana; the next one is due 14:32`; before the first, when it is due as the severity asks for. */
export function updateLine(incident: Incident, around: Surroundings): string | undefined {
  const { updates, severity } = incident;
  const last = updates.at(-1);
  if (!last) {
    const wait = severity && around.updates?.[severity.is];
    if (wait === undefined || !severity || !isOpen(incident)) return undefined;
    return `No update yet; the first one is due ${at(severity.at + wait)}.`;
  }
  const next =
    last.next === undefined ? 'no next one promised' : `the next one is due ${at(last.next)}`;
  return `Last update ${at(last.at)} by ${who(last.by)}; ${next}.`;
}

/** The newest update in a line, for those outside. */
export function newsLine({ updates }: Incident): string | undefined {
  const last = updates.at(-1);
  return last && `${at(last.at)}: ${ended(line(last.text, 600))}${promise(last)}`;
}

/** What an update of that severity should tell (guide 004, "Deployment Communication"). */
const TEMPLATES: Readonly<Record<Severity, string>> = {
  sev1: 'Impact: \nWhat we know: \nWhat we are doing: \nWhat people can do meanwhile: ',
  sev2: 'Impact: \nWhat we are doing: \nWhat people can do meanwhile: ',
  sev3: 'Impact: \nWhat we are doing: ',
  sev4: 'What we are doing: ',
};

/**
 * @param next milliseconds until the next update, as the severity asks for.
 * @param template what is written in it from the start; what the severity asks for unless given.
 */
export function updateModal(
  incident: Incident,
  next: number | undefined,
  template?: string,
): ModalView {
  const severity = incident.severity?.is;
  const facts = [severity && severityLabel(severity), statusLabel(incident.status)];
  return modal(
    VIEW.update,
    'Status update',
    'Post',
    metadataOf({ incident: incident.id }),
    [
      text('text', 'How do things stand?', {
        max: UPDATE_LIMIT,
        multiline: true,
        value: template ?? TEMPLATES[severity ?? 'sev3'],
        hint: incident.private
          ? 'It stays in this private channel.'
          : 'In plain language: people outside engineering read it.',
      }),
      select('next', 'Next update', nextOptions(next), String(next ?? 'none')),
    ],
    section(`*${nameOf(incident)}*`, facts.filter((fact) => fact !== undefined).join('  |  ')),
  );
}

const CHOICES_MS = [15, 30, 60, 120, 240].map((minutes) => minutes * 60_000);

function nextOptions(next: number | undefined): ReturnType<typeof option>[] {
  const all = new Set([...CHOICES_MS, ...(next === undefined ? [] : [next])]);
  const promised = [...all]
    .toSorted((a, b) => a - b)
    .map((ms) => option(`In ${duration(ms)}`, String(ms)));
  return [...promised, option('None promised', 'none')];
}

function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function promise({ next }: StatusUpdate): string {
  return next === undefined ? '' : ` Next update by ${at(next)}.`;
}
