/** Alerts in the channel for announcements: what fires, what went live before, and what to do about it. */

import type { KnownBlock } from '@slack/types';
import { type AlertGroup, isFiring } from '../alerts.ts';
import type { Incident } from '../incident.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, context, section } from './elements.ts';
import type { DesiredMessage } from './message.ts';
import { at, count, line, linesThatFit, link, onDay, prose, who } from './mrkdwn.ts';

const ALERTS_ROOM = 1500;

/** What is known besides the alerts. */
export interface AlertFacts {
  /** The incident that was declared for them; where it is private, that there is one. */
  readonly declared: Incident | undefined;
  /** Another open incident about the same that everybody may see. */
  readonly open: Incident | undefined;
  /** True when service and environment are configured, so that a rollback can be planned. */
  readonly canPlan: boolean;
}

/** The one message of a group; edited as alerts come, go, and are decided about. */
export function alertMessage(group: AlertGroup, facts: AlertFacts): DesiredMessage {
  const newest = group.alerts.at(-1);
  const title = line(newest?.title ?? '', 300);
  const state = stateOf(group, facts);
  const place = [group.service, group.environment].flatMap((word) => word ?? []).join(' ');
  return {
    key: `alert/${group.id}`,
    where: 'announcements',
    text: `Alert from ${line(group.source)}: ${title}. ${state.replaceAll('*', '')}`,
    blocks: blocksOf(
      section(`*Alert:* ${title}`, prose(newest?.text ?? '', 1000)),
      group.alerts.length > 1 ? section(others(group)) : undefined,
      deployWords(group),
      section(state),
      context(
        [`From ${line(group.source)}`, line(place), `since ${onDay(group.since)}`]
          .filter((word) => word !== '')
          .join('  |  '),
      ),
      choices(group, facts),
    ),
  };
}

function stateOf(group: AlertGroup, { declared, open }: AlertFacts): string {
  if (declared) {
    return declared.private
      ? '*It is being taken care of.*'
      : `*Declared as ${declared.id}* by ${who(declared.declaredBy)}${channelOf(declared)}.`;
  }
  if (group.dismissed) {
    return `*Not an incident*, says ${who(group.dismissed.by)} at ${at(group.dismissed.at)}.`;
  }
  if (!isFiring(group)) return '*Resolved* by itself; nobody declared an incident.';
  return open
    ? `*${open.id} is open for it already*${channelOf(open)}. Is this another one?`
    : '*Is it an incident?*';
}

function deployWords({ deploy }: AlertGroup): KnownBlock | undefined {
  if (!deploy) return undefined;
  const since = deploy.since === undefined ? '' : ` ${onDay(deploy.since)}`;
  const by = deploy.by === undefined ? '' : ` by ${line(deploy.by, 80)}`;
  return section(
    `*Went live last:* ${line(deploy.component, 120)} ${line(deploy.version, 120)}${since}${by}.`,
  );
}

function others({ alerts }: AlertGroup): string {
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const lines = alerts.map(({ title, state, url }) => {
    const name = url === undefined ? line(title, 200) : link(url, line(title, 200));
    return `• ${name}${state === 'resolved' ? ' (resolved)' : ''}`;
  });
  return `${count(firing, 'alert')} firing of ${alerts.length}:\n${linesThatFit(lines, ALERTS_ROOM)}`;
}

function choices(group: AlertGroup, { declared, canPlan }: AlertFacts): readonly KnownBlock[] {
  if (declared || group.dismissed || !isFiring(group)) return [];
  return actions(
    canPlan
      ? button(ACTION.declareAndPlan, 'Declare, plan rollback', [group.id], {
          style: 'primary',
          label: 'Declare an incident and plan a rollback; nothing changes yet',
        })
      : undefined,
    button(ACTION.declareForAlert, 'Declare…', [group.id]),
    button(ACTION.dismissAlert, 'Not an incident', [group.id]),
  );
}

function channelOf({ channel }: Incident): string {
  return channel ? `: <#${channel.id}>` : '';
}
