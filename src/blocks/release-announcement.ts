/** A release in the channel for announcements, in the forms of guide 004, "Deployment Communication". */

import { type ReleaseCase, type ReleaseState, releaseState } from '../release-state.ts';
import type { Run } from '../run.ts';
import { context, section } from './elements.ts';
import type { Dated, DesiredMessage } from './message.ts';
import { line, mention, onDay, prose, who } from './mrkdwn.ts';
import { stateWords } from './release-words.ts';
import { nameOf, placeOf } from './words.ts';

/** Before it goes out; it follows the release to its end. */
export function releaseAnnouncement(incident: ReleaseCase): DesiredMessage {
  const { release } = incident;
  const channel = incident.channel ? `<#${incident.channel.id}>` : 'its channel is being opened';
  const state = releaseState(incident);
  const changed = state === 'called-off' ? '*Called off.* ' : '';
  return {
    key: 'announcement',
    where: 'announcements',
    text: `${changed.replaceAll('*', '')}Deployment scheduled: ${nameOf(incident)} (${placeOf(incident)}).`,
    blocks: [
      section(
        `${changed}*Deployment scheduled:* ${nameOf(incident)}, ${onDay(release.plannedAt)}`,
        `*Expected duration:* ${line(release.takes, 200)}`,
        `*Expected impact:* ${line(release.impact, 200)}`,
        `*Changes included:* ${prose(release.changes, 1500)}`,
        `*Contact:* ${mention(release.owner)}`,
      ),
      context(`${placeOf(incident)}  |  ${stateWords(state)}  |  ${channel}`),
    ],
  };
}

/** After it went out: its time, how it went, what comes next. */
export function releaseOutcome(incident: ReleaseCase): readonly Dated[] {
  const { release, runs } = incident;
  const verified = runs.find(({ kind, endedAt }) => kind === 'verify' && endedAt !== undefined);
  if (!release.out || verified?.endedAt === undefined) return [];
  const state = releaseState(incident);
  const completed = `*Deployment completed:* ${nameOf(incident)}, ${onDay(release.out.at)}, by ${who(release.out.by)}`;
  return [
    {
      since: verified.endedAt,
      message: {
        key: 'release-outcome',
        where: 'announcements',
        text: `Deployment completed: ${nameOf(incident)}. Status: ${statusOf(state)}.`,
        blocks: [
          section(
            completed,
            `*Status:* ${statusOf(state)}`,
            `*Next steps:* ${nextSteps(incident, state, runs.at(-1))}`,
          ),
        ],
      },
    },
  ];
}

function statusOf(state: ReleaseState): string {
  if (state === 'rolled-back') return 'Rolled back';
  return state === 'verified' || state === 'settled' ? 'Success' : 'Issues';
}

function nextSteps({ release, monitor }: ReleaseCase, state: ReleaseState, run?: Run): string {
  const windows = (monitor?.windows ?? []).map(
    ({ name, until }) => `${line(name, 60)} until ${onDay(until)}`,
  );
  const watching = windows.length > 0 ? `monitoring: ${windows.join(', ')}` : 'follow-up';
  switch (state) {
    case 'settled':
      return 'none; it has settled.';
    case 'rolled-back':
      return `the fault is looked for; ${release.rolledBack?.incident} has the timeline.`;
    case 'verified':
      return `${watching}.`;
    case 'preparing':
    case 'ready':
    case 'called-off':
    case 'out':
    case 'troubled':
      return run?.kind === 'rollback'
        ? 'it is being rolled back.'
        : `${mention(release.owner)} decides.`;
  }
}
