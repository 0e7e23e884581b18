/** The home tab: what is on fire, what waits for the person who looks, and what was lately. */

import type { HomeView, KnownBlock } from '@slack/types';
import { type Incident, isOpen, openProposal, openTasksOf } from '../incident.ts';
import { type Readiness, worstOf } from '../readiness.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, context, header, section } from './elements.ts';
import { count, line, linesThatFit, onDay, who } from './mrkdwn.ts';
import { followUpsLeft } from './tasks.ts';
import {
  nameOf,
  placeOf,
  severityLabel,
  statusLabel,
  statusName,
  verdictLine,
  worstFirst,
} from './words.ts';

/** Slack takes 100 blocks in a view; these leave room for the rest. */
const OPEN_SHOWN = 15;
const WAITING_SHOWN = 10;
const RECENT_SHOWN = 10;
const SERVICES_SHOWN = 10;

export interface Home {
  /** Those that the person may see, the newest first. */
  readonly incidents: readonly Incident[];
  readonly user: string;
  /** The ids of the incidents whose plan the person may approve. */
  readonly mayApprove: ReadonlySet<string>;
  /** The services that the person answers for or follows. */
  readonly services: readonly HomeService[];
  /** True where some environment may be practised on. */
  readonly drills: boolean;
}

export interface HomeService {
  readonly id: string;
  readonly name: string;
  readonly follows: boolean;
  /** Of each environment; undefined while it is being looked at. */
  readonly readiness: readonly (readonly [environment: string, Readiness | undefined])[];
}

export function homeView(home: Home): HomeView {
  const { incidents, user, mayApprove } = home;
  // A release that is prepared is no fire.
  const fires = incidents.filter(({ release }) => release === undefined);
  const open = fires.filter(isOpen);
  const recent = fires.filter((incident) => !isOpen(incident)).slice(0, RECENT_SHOWN);
  const followUps = followUpsLeft(incidents);
  const waiting = incidents.flatMap((incident) => waitingFor(user, incident, mayApprove));
  return {
    type: 'home',
    callback_id: 'home',
    blocks: [
      ...blocksOf(
        actions(
          button(ACTION.declare, 'Declare an incident', ['home'], { style: 'primary' }),
          home.drills ? button(ACTION.declareDrill, 'Practise…', ['home']) : undefined,
        ),
        header('Waiting for you'),
        waiting.length === 0 ? section('Nothing is waiting for you.') : undefined,
        waiting.slice(0, WAITING_SHOWN).flat(),
        more(waiting.length - WAITING_SHOWN),
        header('On fire'),
        open.length === 0 ? section('No incident is open.') : undefined,
        open.slice(0, OPEN_SHOWN).flatMap(onFire),
        more(open.length - OPEN_SHOWN),
        followUps ? header('Follow-ups') : undefined,
        followUps ? section(followUps.summary, linesThatFit(followUps.lines, 2000)) : undefined,
        home.services.length > 0 ? header('Your services') : undefined,
        home.services.slice(0, SERVICES_SHOWN).flatMap(yourService),
        more(home.services.length - SERVICES_SHOWN),
        header('Lately'),
        recent.length === 0 ? section('There has been no incident yet.') : undefined,
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
    .map(({ id, kind, text, due }) =>
      blocksOf(
        section(
          `*${id}* ${line(text, 300)}${due === undefined ? '' : `, by ${onDay(due)}`}`,
          `${nameOf(incident)}, ${channelOf(incident)}`,
        ),
        incident.status === 'closed' && kind === 'task'
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

/** Whether it could be rolled back right now; only what is off is told apart. */
function yourService({ id, name, follows, readiness }: HomeService): readonly KnownBlock[] {
  const lines = readiness.map(([environment, found]) => {
    const where = `*${line(name, 80)}* ${line(environment, 80)}`;
    if (!found) return `${where}: being looked at…`;
    const worst = worstFirst(found.findings)[0];
    if (worstOf(found) === 'pass' || !worst) return `${where}: ready to be rolled back`;
    return `${where}: ${verdictLine(worst.verdict, worst.what, worst.reason)}`;
  });
  const follow = follows
    ? button(ACTION.unsubscribe, 'Stop telling me', [id], {
        label: `Stop telling me about incidents of ${name}`,
      })
    : button(ACTION.subscribe, 'Keep me posted', [id], {
        label: `Keep me posted on incidents of ${name}`,
      });
  return [{ ...section(linesThatFit(lines, 2000)), accessory: follow }];
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
