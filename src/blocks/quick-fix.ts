/** The quick fix: its hotfix branch, and the clock that the commander is asked again at. */

import type { KnownBlock } from '@slack/types';
import type { Version } from '../component.ts';
import { activeRun, type Incident, isOpen } from '../incident.ts';
import type { QuickFix } from '../quick-fix.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, section } from './elements.ts';
import type { Dated } from './message.ts';
import { at, code, duration, line, mention } from './mrkdwn.ts';

/** The message of the quick fix, once there is one. */
export function quickFixMessage(incident: Incident): readonly Dated[] {
  const { quickFix } = incident;
  if (!quickFix) return [];
  const state = stateOf(incident, quickFix);
  return [
    {
      since: quickFix.startedAt,
      message: {
        key: `quick-fix/${quickFix.number}`,
        where: 'incident',
        text: `Quick fix on branch ${line(quickFix.branch)}: ${state.replaceAll('*', '')}`,
        blocks: blocksOf(section(state, branch(incident, quickFix)), choices(incident, quickFix)),
      },
    },
  ];
}

function stateOf(incident: Incident, { state, startedAt, until }: QuickFix): string {
  if (state === 'deployed') return `*The fix is deployed.* ${verified(incident)}`;
  if (!isOpen(incident)) return `*The quick fix has ended:* ${incident.id} was resolved.`;
  if (isGivenUp(incident)) return '*The quick fix was given up.*';
  if (state === 'time-up') {
    const commander = incident.roles.commander;
    const asked = commander ? `${mention(commander)}, is` : 'Incident commander, is';
    return `*The time for the quick fix is up.* ${asked} it deployed, does it need more time, or do we roll back?`;
  }
  return `*Quick fix until ${at(until)}*, ${duration(until - startedAt)} from its start. Then the incident commander is asked again.`;
}

/** Whether it helps, by the run that verifies it. */
function verified({ runs }: Incident): string {
  const run = runs.findLast(({ kind }) => kind === 'verify');
  switch (run?.outcome) {
    case 'recovered':
      return 'Every probe passed.';
    case 'not-recovered':
      return `It did not help; see run ${run.id}.`;
    case 'cancelled':
    case 'done':
      return `Whether it helps was not verified; see run ${run.id}.`;
    case undefined:
      return 'Whether it helps is being verified.';
  }
}

/** Where the branch stands, by the run that opens it. */
function branch(incident: Incident, { branch: name }: QuickFix): string {
  const plan = incident.proposals.findLast((proposal) => proposal.plan.kind === 'quick-fix')?.plan;
  const run = incident.runs.find((candidate) => candidate.plan === plan?.id);
  const from = originOf(plan?.components[0]?.live);
  if (run?.outcome === 'done') {
    return `Branch ${code(name)} was opened${from}. Once the fix is pushed, ${code(`/rollback do hotfix-pull ${name}`)} opens its pull request.`;
  }
  if (run?.outcome !== undefined) return `Branch ${code(name)} was not opened; see run ${run.id}.`;
  return `Branch ${code(name)} is being opened${from}.`;
}

function originOf(live: Version | undefined): string {
  if (!live) return '';
  const version = line(live.label, 80);
  return live.commit
    ? ` from ${code(live.commit.slice(0, 7))}, the commit of the live version ${version}`
    : ` from the live version ${version}`;
}

function choices(incident: Incident, { state }: QuickFix): readonly KnownBlock[] {
  if (!isOpen(incident) || state === 'deployed' || isGivenUp(incident)) return [];
  const ids = [incident.id];
  const opening = activeRun(incident) !== undefined;
  return actions(
    opening
      ? undefined
      : button(ACTION.quickFixDeployed, 'Fix is deployed', ids, { style: 'primary' }),
    state === 'time-up' ? button(ACTION.extendQuickFix, 'More time', ids) : undefined,
    button(ACTION.abandonQuickFix, 'Roll back instead', ids),
  );
}

function isGivenUp(incident: Incident): boolean {
  return incident.response?.is !== 'quick-fix';
}
