/** A release in its own channel: the card with what comes next, the checklist, what is asked of editors. */

import type { Button, KnownBlock } from '@slack/types';
import { activeRun, isOpen, openProposal, proposalOf } from '../incident.ts';
import { CHECKLIST, type ReleasePart, settlesAt } from '../release.ts';
import { isHeld, type ReleaseCase, releaseState, runOfPart } from '../release-state.ts';
import { ACTION } from './actions.ts';
import { actions, areYouSure, blocksOf, button, context, header, section } from './elements.ts';
import type { Dated, DesiredMessage } from './message.ts';
import { at, line, linesThatFit, mention, onDay, prose, who } from './mrkdwn.ts';
import { PART_BUTTONS, RELEASE_STATES, stateWords } from './release-words.ts';
import { nameOf, placeOf } from './words.ts';

/** The card of a release, pinned and edited in place. */
export function releaseCard(incident: ReleaseCase): DesiredMessage {
  const { release } = incident;
  const state = releaseState(incident);
  const facts = [
    RELEASE_STATES[state],
    placeOf(incident),
    `Owner: ${mention(incident.roles.commander ?? release.owner)}`,
  ];
  return {
    key: 'card',
    where: 'incident',
    pinned: true,
    text: `${nameOf(incident)}: ${stateWords(state).toLowerCase()}, ${placeOf(incident)}.`,
    blocks: blocksOf(
      header(`${incident.id} ${incident.title}`),
      section(
        facts.join('  |  '),
        `Planned for ${onDay(release.plannedAt)}: ${line(release.takes, 200)}, impact: ${line(release.impact, 200)}`,
      ),
      section('*What changes:*', prose(release.changes, 1500)),
      covered(incident),
      section(whatComesNext(incident)),
      isOpen(incident) ? actions(...buttons(incident)) : undefined,
    ),
  };
}

/** What can be gone back to, and what not. */
function covered({ release }: ReleaseCase): KnownBlock | undefined {
  const { point } = release;
  if (!point) return undefined;
  const lines = [
    ...point.pins.map(
      ({ title, version }) => `✓ ${line(title, 120)}: version ${line(version.label, 60)}`,
    ),
    ...point.points.map(
      ({ title, point: kept }) => `✓ ${line(title, 120)}: ${line(kept.label, 120)}`,
    ),
    ...(point.flags?.length
      ? [
          `✓ flags: ${point.flags.map(({ name, state }) => `${line(name, 100)} ${line(state, 40)}`).join(', ')}`,
        ]
      : []),
    ...point.notCovered.map((words) => `✗ ${line(words, 200)}`),
  ];
  return section(`*Restore point*, captured ${onDay(point.at)}:`, linesThatFit(lines, 1500));
}

function whatComesNext(incident: ReleaseCase): string {
  const { release, planWanted, planRefused } = incident;
  const run = activeRun(incident);
  if (run) return `*Run ${run.id} is at work*, since ${at(run.startedAt)}; see its message below.`;
  if (planWanted) return '*A plan is being made.* It appears below.';
  if (planRefused)
    return `*No plan could be made* at ${at(planRefused.at)}: ${prose(planRefused.reason, 1200)}`;
  const proposal = openProposal(incident);
  if (proposal) return `*Plan ${proposal.plan.id} is waiting*; see its message below.`;
  switch (releaseState(incident)) {
    case 'preparing':
      return 'The restore point is captured first, then the release may go out.';
    case 'ready':
      return `*Deploy ${line(release.version, 60)} now*, the way you always do. Then press *Release is out*.`;
    case 'troubled':
      return '*It is out, and not healthy.* Roll it back, or fix it and have it checked again.';
    case 'out':
    case 'verified':
    case 'rolled-back': {
      const end = settlesAt(release);
      const kept =
        end === undefined ? '' : ` The restore point is kept until ${onDay(end)}, then deleted.`;
      const back = release.rolledBack
        ? ` by run ${release.rolledBack.run} of ${release.rolledBack.incident}`
        : '';
      return `*${stateWords(releaseState(incident))}*${back}.${kept}`;
    }
    case 'called-off':
      return `*Called off*${release.calledOff ? ` by ${who(release.calledOff.by)}: ${line(release.calledOff.reason, 600)}` : ''}`;
    case 'settled':
      return '*Settled.* A rollback no longer goes back to its restore point.';
  }
}

function buttons(incident: ReleaseCase): readonly (Button | undefined)[] {
  const { id, release } = incident;
  if (activeRun(incident) || incident.planWanted) return [];
  const state = releaseState(incident);
  const part = openProposal(incident) ? undefined : missing(incident);
  const out = (text: string): Button =>
    button(ACTION.releaseOut, text, [id], {
      style: 'primary',
      confirm: areYouSure(
        'Is it out?',
        'The probes are read at once, and everybody is told how it went.',
        'It is out',
      ),
    });
  return [
    state === 'ready' ? out('Release is out') : undefined,
    state === 'troubled' ? out('Check again') : undefined,
    part ? button(ACTION.planPart, PART_BUTTONS[part], [id, part], { choice: part }) : undefined,
    !openProposal(incident) && (state === 'troubled' || state === 'verified')
      ? button(ACTION.planRollback, 'Roll back…', [id], {
          label: 'Plan the way back to the restore point; nothing changes until it is approved',
        })
      : undefined,
    release.out || release.calledOff ? undefined : button(ACTION.callOff, 'Call it off…', [id]),
  ];
}

/** The part that should have been done by itself and was not, or that is to be planned again. */
function missing(incident: ReleaseCase): ReleasePart | undefined {
  const { release, planRefused, runs, proposals } = incident;
  if (release.calledOff || release.settledAt !== undefined) return 'wind-down';
  const stuck =
    planRefused !== undefined ||
    proposals.at(-1)?.state !== 'approved' ||
    runs.at(-1)?.outcome === 'cancelled';
  if (!release.point) return stuck ? 'prepare' : undefined;
  return releaseState(incident) === 'verified' && isHeld(incident) && stuck
    ? 'release-holds'
    : undefined;
}

/** Guide 004's checklist: who ticked what, and when. */
export function checklist(incident: ReleaseCase): DesiredMessage {
  const { ticks, out } = incident.release;
  const hasButtons = isOpen(incident) && !out;
  // What is open stands on the buttons, so that a phone shows it once.
  const lines = CHECKLIST.flatMap(({ id, text }) => {
    const tick = ticks[id];
    if (tick) return [`✓ ${text} (${who(tick.by)}, ${at(tick.at)})`];
    return hasButtons ? [] : [`○ ${text}`];
  });
  const open = CHECKLIST.filter(({ id }) => !ticks[id]);
  const ticked = `${CHECKLIST.length - open.length} of ${CHECKLIST.length} ticked`;
  const late = out && open.length > 0 ? `*${open.length} open when it went out.*` : undefined;
  return {
    key: 'checklist',
    where: 'incident',
    text: `Pre-deployment checklist of ${nameOf(incident)}: ${ticked}.`,
    blocks: blocksOf(
      section(`*Pre-deployment checklist*: ${ticked}`, ...lines, late),
      context('The restore point covers the backup and the way back; Backstop captures it.'),
      hasButtons
        ? actions(
            ...open.map(({ id, text }) =>
              button(ACTION.tickItem, `☐ ${text}`, [incident.id, id], {
                choice: id,
                label: `Tick: ${text}`,
              }),
            ),
          )
        : undefined,
    ),
  };
}

/** Asks those who edit content to pause, and tells them when they may go on. */
export function editorNotices(incident: ReleaseCase): readonly Dated[] {
  const { contentGroup, takes } = incident.release;
  const begun = incident.runs.find(
    ({ plan }) => proposalOf(incident, plan)?.plan.part === 'prepare',
  );
  if (contentGroup === undefined || !begun) return [];
  const freed = freedAt(incident);
  const group = mention(contentGroup);
  const notice = (key: string, since: number, text: string): Dated => ({
    since,
    message: { key, where: 'incident', text: text.replaceAll('*', ''), blocks: [section(text)] },
  });
  const pause =
    freed === undefined
      ? `${group}: *please pause editing* until ${nameOf(incident)} is verified (expected: ${line(takes, 200)}). Edits made meanwhile would disappear from the site if it has to be rolled back.`
      : `Editing was paused for ${nameOf(incident)} from ${at(begun.startedAt)} to ${at(freed)}.`;
  return [
    notice('editors', begun.startedAt, pause),
    ...(freed === undefined
      ? []
      : [notice('editors-free', freed, `${group}: thank you, *you can edit again*.`)]),
  ];
}

function freedAt(incident: ReleaseCase): number | undefined {
  if (isHeld(incident)) return undefined;
  const { rolledBack, out, calledOff } = incident.release;
  const released = runOfPart(incident, 'release-holds') ?? runOfPart(incident, 'wind-down');
  const verified = incident.runs.find(
    ({ id, outcome }) => id === out?.run && outcome === 'recovered',
  );
  return released?.endedAt ?? rolledBack?.at ?? calledOff?.at ?? verified?.endedAt;
}
