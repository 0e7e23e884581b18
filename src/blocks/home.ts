/** The home tab: what is on fire, what waits for the person who looks, and what was lately. */

import type { HomeView, KnownBlock } from '@slack/types';
import { type Incident, isOpen, openProposal, openTasksOf } from '../incident.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, context, header, section } from './elements.ts';
import { count, line, onDay, who } from './mrkdwn.ts';
import { nameOf, placeOf, severityLabel, statusLabel, statusName } from './words.ts';

/** Slack takes 100 blocks in a view; these leave room for the rest. */
const OPEN_SHOWN = 15;
const WAITING_SHOWN = 10;
const RECENT_SHOWN = 10;

export interface Home {
  /** Those that the person may see, the newest first. */
  readonly incidents: readonly Incident[];
  readonly user: string;
  /** The ids of the incidents whose plan the person may approve. */
  readonly mayApprove: ReadonlySet<string>;
}

export function homeView({ incidents, user, mayApprove }: Home): HomeView {
  // A release that is prepared is no fire.
  const fires = incidents.filter(({ release }) => release === undefined);
  const open = fires.filter(isOpen);
  const recent = fires.filter((incident) => !isOpen(incident)).slice(0, RECENT_SHOWN);
  const waiting = incidents.flatMap((incident) => waitingFor(user, incident, mayApprove));
  return {
    type: 'home',
    callback_id: 'home',
    blocks: [
      ...blocksOf(
        actions(button(ACTION.declare, 'Declare an incident', ['home'], { style: 'primary' })),
        header('Waiting for you'),
        waiting.length === 0 ? section('Nothing waits for you.') : undefined,
        waiting.slice(0, WAITING_SHOWN).flat(),
        more(waiting.length - WAITING_SHOWN),
        header('On fire'),
        open.length === 0 ? section('No incident is open.') : undefined,
        open.slice(0, OPEN_SHOWN).flatMap(onFire),
        more(open.length - OPEN_SHOWN),
        header('Lately'),
        recent.length === 0 ? section('There was no incident yet.') : undefined,
        recent.map(lately),
      ),
    ],
  };
}

function waitingFor(
  user: string,
  incident: Incident,
  mayApprove: ReadonlySet<string>,
): readonly (readonly KnownBlock[])[] {
  const proposal = openProposal(incident);
  const approvals =
    isOpen(incident) && proposal?.state === 'requested' && mayApprove.has(incident.id)
      ? [
          [
            section(
              `*Your approval is needed:* ${line(proposal.plan.title, 300)} (${placeOf(proposal.plan)})`,
              `${nameOf(incident)}. Look at the plan and decide in ${channelOf(incident)}.`,
            ),
          ],
        ]
      : [];
  const tasks = openTasksOf(incident)
    .filter(({ owner }) => owner === user)
    .map(({ id, text, due }) =>
      blocksOf(
        section(
          `*${id}* ${line(text, 300)}${due === undefined ? '' : `, by ${onDay(due)}`}`,
          `${nameOf(incident)}, ${channelOf(incident)}`,
        ),
        incident.status === 'closed'
          ? undefined
          : actions(button(ACTION.finishTask, 'Done', [incident.id, id])),
      ),
    );
  return [...approvals, ...tasks];
}

function onFire(incident: Incident): readonly KnownBlock[] {
  const severity = incident.severity ? severityLabel(incident.severity.is) : 'Not assessed yet';
  const commander = incident.roles.commander;
  return [
    section(
      `*${nameOf(incident)}*`,
      [severity, statusLabel(incident.status), placeOf(incident), channelOf(incident)].join(
        '  |  ',
      ),
    ),
    context(
      `Since ${onDay(incident.declaredAt)}. ${commander ? `Commander: <@${commander}>` : 'Nobody is in command.'}`,
    ),
  ];
}

function lately(incident: Incident): KnownBlock {
  const { endings, statusSince, status } = incident;
  const ended = endings.at(-1)?.at ?? statusSince;
  return context(
    `*${nameOf(incident)}*, ${placeOf(incident)}: ${statusName(status).toLowerCase()} ${onDay(ended)}, declared by ${who(incident.declaredBy)}. ${channelOf(incident)}`,
  );
}

function channelOf({ channel }: Incident): string {
  return channel ? `<#${channel.id}>` : 'its channel is being opened';
}

function more(left: number): KnownBlock | undefined {
  return left > 0 ? context(`and ${count(left, 'more', 'more')}`) : undefined;
}
