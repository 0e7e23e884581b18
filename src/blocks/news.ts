/** What those who follow a service are told of an incident: plain words, no names of systems, once for each turn. */

import type { KnownBlock } from '@slack/types';
import type { Severity } from '../assessment.ts';
import type { Incident } from '../incident.ts';
import { ACTION } from './actions.ts';
import { blocksOf, button, context, section } from './elements.ts';
import type { Reply } from './message.ts';
import { at, count, line, listed, prose } from './mrkdwn.ts';
import { nameOf, severityLabel, severityName, statusName } from './words.ts';

/** A turn of an incident that is worth a message. */
export interface News {
  /** The same for the same turn, so that it is told once. */
  readonly key: string;
  /** When it was, epoch milliseconds. */
  readonly since: number;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

const EFFECTS: Readonly<Record<Severity, (service: string) => string>> = {
  sev1: (service) => `${service} does not work for most people.`,
  sev2: (service) => `Many people cannot use ${service} as usual.`,
  sev3: (service) => `${service} is slow or does not work for some people.`,
  sev4: () => 'Few people will notice.',
};

/** The news of an incident so far. Nothing of a private one, of a drill or of a release. */
export function newsOf(incident: Incident, service: string): readonly News[] {
  if (incident.private || incident.drill || incident.release) return [];
  return [
    declared(incident, service),
    ...severity(incident, service),
    ...incident.updates.map((update, index) =>
      news(incident, `update/${index + 1}`, update.at, [
        `*${line(service)}: where things stand*`,
        prose(update.text, 2500),
        update.next === undefined ? '' : `You will hear more by ${at(update.next)}.`,
      ]),
    ),
    ...incident.endings.map((ending, index) =>
      news(incident, `over/${index + 1}`, ending.at, [
        `*${line(service)}: it is over.*`,
        incident.mergedInto ? '' : prose(ending.reason, 1000),
        ending.reopened ? 'It came back later.' : '',
      ]),
    ),
  ];
}

function declared(incident: Incident, service: string): News {
  const status = statusName(incident.status).toLowerCase();
  return news(
    incident,
    'declared',
    incident.declaredAt,
    [`*${line(service)} has a problem.*`, line(incident.title, 300), `Now: ${status}.`],
    button(ACTION.unsubscribe, 'Stop telling me', [incident.id], {
      label: `Stop telling me about incidents of ${service}`,
    }),
  );
}

function severity(incident: Incident, service: string): readonly News[] {
  const { severity: set } = incident;
  if (!set) return [];
  const words = `*${line(service)}: ${severityLabel(set.is)}.* ${line(EFFECTS[set.is](service))}`;
  const told = news(incident, `severity/${set.at}`, set.at, [words]);
  return [{ ...told, text: `${service}: ${severityName(set.is)}. ${EFFECTS[set.is](service)}` }];
}

function news(
  incident: Incident,
  key: string,
  since: number,
  lines: readonly string[],
  accessory?: ReturnType<typeof button>,
): News {
  const words = lines.filter((each) => each !== '');
  const where = incident.channel ? `, <#${incident.channel.id}>` : '';
  const said = section(...words);
  return {
    key,
    since,
    text: `${words.join(' ').replaceAll('*', '')} (${nameOf(incident)})`,
    blocks: blocksOf(
      accessory ? { ...said, accessory } : said,
      context(`${nameOf(incident)}, ${at(since)}${where}`),
    ),
  };
}

/** What somebody follows, and how to change it. */
export function followedList(followed: readonly string[], services: readonly string[]): Reply {
  const words =
    followed.length === 0
      ? 'You follow no service yet.'
      : `You follow ${count(followed.length, 'service')}: ${line(listed(followed), 1500)}.`;
  const how = `\`/incident subscribe checkout\` follows one, \`/incident unsubscribe checkout\` stops. Known: ${line(listed(services), 1000)}.`;
  const text = `${words}\n${how}`;
  return { text, blocks: [section(text)] };
}
