/** The incident card: pinned in the incident's channel, edited in place. What is so, then what comes next. */

import type { Button, KnownBlock } from '@slack/types';
import type { Role } from '../events.ts';
import { activeRun, type Incident, isOpen, lastRun, openProposal } from '../incident.ts';
import { isPastAssessment, isRollbackPlanned, openRecommendation } from '../open-assessment.ts';
import type { Proposal } from '../proposal.ts';
import type { Run } from '../run.ts';
import type { Service } from '../service.ts';
import { ACTION } from './actions.ts';
import { assessment, decisions } from './assessment.ts';
import { actions, blocksOf, button, context, header, section } from './elements.ts';
import { freezeLine } from './freezes.ts';
import type { DesiredMessage, Surroundings } from './message.ts';
import { mitigateButton } from './mitigate.ts';
import { at, duration, line, link, listed, mention, onDay, prose, who } from './mrkdwn.ts';
import { playbookOffer } from './playbook-offer.ts';
import { statusPageLine } from './status-page.ts';
import { tasksLine } from './tasks.ts';
import { updateLine } from './updates.ts';
import {
  nameOf,
  placeOf,
  RESPONSE_NAMES,
  roleName,
  severityLabel,
  severityName,
  statusLabel,
  statusName,
} from './words.ts';

const SUMMARY_ROOM = 2000;

export function card(incident: Incident, service: Service, around: Surroundings): DesiredMessage {
  const summary = incident.summary ? section(prose(incident.summary, SUMMARY_ROOM)) : undefined;
  return {
    key: 'card',
    where: 'incident',
    pinned: true,
    text: inWords(incident),
    blocks: blocksOf(
      header(`${incident.drill ? 'DRILL ' : ''}${incident.id} ${incident.title}`),
      facts(incident, around),
      summary,
      isOpen(incident) ? whatComesNext(incident, service) : ended(incident),
    ),
  };
}

function facts(incident: Incident, around: Surroundings): readonly KnownBlock[] {
  const severity = incident.severity
    ? severityLabel(incident.severity.is)
    : 'Severity not known yet';
  const status = `${statusLabel(incident.status)} since ${at(incident.statusSince)}`;
  const kept = incident.private
    ? 'Private: nothing about it is shown outside this channel.'
    : undefined;
  const declared = `Declared by ${who(incident.declaredBy)}, ${onDay(incident.declaredAt)}`;
  return [
    section([severity, status, placeOf(incident)].join('  |  '), roles(incident)),
    context(
      kept,
      declared,
      updateLine(incident, around),
      statusPageLine(incident),
      tasksLine(incident),
      freezeLine(incident),
      links(incident, around),
    ),
  ];
}

/** To what people look for most: the newest plan and run, the playbook, the contacts. */
function links(incident: Incident, { linkTo }: Surroundings): string | undefined {
  const plan = incident.proposals.at(-1)?.plan.id;
  const run = lastRun(incident)?.id;
  const playbook = incident.playbooks.at(-1)?.number;
  const wanted: readonly (readonly [string, string])[] = [
    ...(plan === undefined ? [] : [[`plan/${plan}`, `Plan ${plan}`] as const]),
    ...(run === undefined ? [] : [[`run/${run}`, `Run ${run}`] as const]),
    ...(playbook === undefined ? [] : [[`playbook/${playbook}`, 'Playbook'] as const]),
    ...(incident.contactsCalled ? [['contacts', 'Contacts'] as const] : []),
  ];
  const there = wanted.flatMap(([key, words]) => {
    const url = linkTo?.(key);
    return url === undefined ? [] : [link(url, words)];
  });
  return there.length === 0 ? undefined : `Go to: ${there.join('  |  ')}`;
}

function roles({ roles: held }: Incident): string {
  const others = (Object.entries(held) as [Role, string][])
    .filter(([role]) => role !== 'commander')
    .map(([role, user]) => `${roleName(role)}: ${mention(user)}`);
  const commander = held.commander
    ? `${roleName('commander')}: ${mention(held.commander)}`
    : 'No incident commander yet';
  return [commander, ...others].join('  |  ');
}

function whatComesNext(incident: Incident, service: Service): readonly KnownBlock[] {
  const news = [planning(incident), underWay(incident, service), leaderless(incident)];
  return [
    { type: 'divider' },
    ...assessment(incident),
    ...playbookOffer(incident),
    ...blocksOf(...news),
    ...actions(...buttons(incident, service)),
  ];
}

/** One of them at most is primary: the one that is expected next. */
function buttons(incident: Incident, service: Service): readonly (Button | undefined)[] {
  const { id } = incident;
  const led = incident.roles.commander !== undefined;
  const recommended = openRecommendation(incident)?.result;
  const decides = led && (recommended !== undefined || incident.response !== undefined);
  const asked = Object.keys(incident.answers).length > 0;
  return [
    led
      ? undefined
      : button(ACTION.takeRole, 'Take command', [id, 'commander', ''], { style: 'primary' }),
    led && recommended && !(recommended === 'rollback' && isRollbackPlanned(incident))
      ? button(ACTION.confirmResponse, `Confirm ${RESPONSE_NAMES[recommended]}`, [id], {
          style: 'primary',
        })
      : undefined,
    mitigating(incident),
    planButton(incident),
    resolveButton(incident),
    decides
      ? button(
          ACTION.overrideResponse,
          incident.response ? 'Change response…' : 'Choose another…',
          [id],
        )
      : undefined,
    led && incident.severity
      ? button(ACTION.overrideSeverity, 'Change severity…', [id])
      : undefined,
    asked && !incident.response && !busy(incident) && !isPastAssessment(incident)
      ? button(ACTION.restartAssessment, 'Start over', [id], { label: 'Start the assessment over' })
      : undefined,
    timelineButton(id),
    calling(incident, service),
    more(id),
  ];
}

function timelineButton(id: string): Button {
  return button(ACTION.openTimeline, 'Timeline…', [id], {
    label: 'Timeline: what happened so far, to read and to put right',
  });
}

/** A recovery that is only watched, and in which nothing is off, needs nobody else. */
function isQuiet({ status, monitor }: Incident): boolean {
  return (
    status === 'monitoring' &&
    (monitor?.windows ?? []).every(({ readings }) =>
      readings.every(({ verdict }) => verdict === 'pass'),
    )
  );
}

/** Where much is at stake, the people who are there for it are one click away (guide 003, "Emergency Contacts"). */
function calling(incident: Incident, service: Service): Button | undefined {
  const { severity, contactsCalled } = incident;
  if (severity?.is !== 'sev1' && severity?.is !== 'sev2') return undefined;
  if (service.contacts.length === 0 || contactsCalled || isQuiet(incident)) return undefined;
  return button(ACTION.callContacts, 'Call contacts', [incident.id], {
    label: 'Call the emergency contacts of the service',
  });
}

function more(id: string): Button {
  return button(ACTION.openMore, 'More…', [id], {
    label: 'More: updates, tasks, roles, notes, status and the rest',
  });
}

function mitigating(incident: Incident): Button | undefined {
  if (incident.response?.is !== 'mitigate') return undefined;
  if (busy(incident) || openProposal(incident)) return undefined;
  const expected =
    incident.status === 'identified' && !incident.runs.some(({ kind }) => kind === 'mitigation');
  return mitigateButton(incident, undefined, { style: expected ? 'primary' : undefined });
}

/** Offered whenever nothing else is on its way; a quick fix and a run that did not help offer their own ways on. */
function planButton(incident: Incident): Button | undefined {
  if (busy(incident) || openProposal(incident) || fixing(incident)) return undefined;
  if (didNotHelp(incident)) return undefined;
  const expected =
    incident.response?.is === 'rollback' &&
    incident.status === 'identified' &&
    incident.roles.commander !== undefined &&
    incident.proposals.at(-1)?.state !== 'rejected' &&
    !incident.runs.some(({ kind }) => kind === 'rollback');
  return button(ACTION.planRollback, 'Roll back…', [incident.id], {
    style: expected ? 'primary' : undefined,
    label: 'Plan a rollback; nothing changes until it is approved',
  });
}

function resolveButton(incident: Incident): Button | undefined {
  const { status, roles: held, monitor } = incident;
  if (status === 'investigating' || held.commander === undefined) return undefined;
  if (busy(incident) || fixing(incident) || openProposal(incident)) return undefined;
  const windows = monitor?.windows ?? [];
  const expected = status === 'monitoring' && windows.every(({ passed }) => passed === true);
  return button(ACTION.resolve, 'Resolve…', [incident.id], {
    style: expected ? 'primary' : undefined,
  });
}

function planning(incident: Incident): KnownBlock | undefined {
  const { planWanted, planRefused } = incident;
  if (planWanted) {
    return section(
      `*A plan is being made*, asked for by ${who(planWanted.by)} at ${at(planWanted.at)}. It appears below.`,
    );
  }
  if (!planRefused) return undefined;
  return section(
    `*No plan could be made* at ${at(planRefused.at)}: ${prose(planRefused.reason, 1500)}`,
  );
}

function underWay(incident: Incident, service: Service): KnownBlock | undefined {
  const run = activeRun(incident);
  if (run?.status === 'halted') {
    return section(
      `*Run ${run.id} has halted* and waits for ${commanderOf(incident)}; see its message below.`,
    );
  }
  if (run)
    return section(
      `*Run ${run.id} is at work*, since ${at(run.startedAt)}; see its message below.`,
    );
  const proposal = openProposal(incident);
  if (!proposal && didNotHelp(incident)) {
    return section(
      `*${placeOf(incident)} is not healthy after run ${didNotHelp(incident)?.id}*; its message below shows what can be done now.`,
    );
  }
  if (!proposal) return watching(incident);
  return section(
    proposal.state === 'requested'
      ? `*Plan ${proposal.plan.id} waits for approval* by ${approversOf(proposal, service)}; see its message below.`
      : `*Plan ${proposal.plan.id} is ready to look at*; see its message below.`,
  );
}

function commanderOf({ roles: { commander } }: Incident): string {
  return commander === undefined ? 'an incident commander' : mention(commander);
}

/** Who is waited for: those who may approve and did not yet. */
function approversOf({ plan, approvals }: Proposal, service: Service): string {
  const from = service.environments[plan.environment]?.approval.from ?? [];
  const given = approvals.map(({ by }) => (by.kind === 'person' ? by.id : ''));
  const left = from.filter((principal) => !given.includes(principal));
  if (left.length === 0) return 'the approvers';
  const called = left.slice(0, 5).map(mention);
  return listed(left.length > 5 ? [...called, `${left.length - 5} more`] : called, 'or');
}

function didNotHelp(incident: Incident): Run | undefined {
  const run = lastRun(incident);
  return run?.outcome === 'not-recovered' ? run : undefined;
}

function watching({ status, monitor }: Incident): KnownBlock | undefined {
  const windows = monitor?.windows ?? [];
  const left = windows.filter(({ passed }) => passed === undefined);
  if (status !== 'monitoring' || left.length === 0) return undefined;
  const end = Math.max(...left.map(({ until }) => until));
  const over = windows.findLast(({ passed }) => passed === true);
  const [first] = left;
  return section(
    `*Watching until ${onDay(end)}.* ${whenToResolve(over, left.length > 1 ? first : undefined)}`,
  );
}

type Window = NonNullable<Incident['monitor']>['windows'][number];

/** The first window that passes is enough to resolve it; the others go on for whoever wants to wait. */
function whenToResolve(over: Window | undefined, next: Window | undefined): string {
  const may = 'the incident commander may resolve the incident';
  if (over) return `The window “${line(over.name, 80)}” has passed: ${may}, or go on watching.`;
  if (next)
    return `Once the window “${line(next.name, 80)}” has passed (${onDay(next.until)}), ${may}.`;
  return `Then ${may}.`;
}

function leaderless(incident: Incident): KnownBlock | undefined {
  if (incident.roles.commander !== undefined) return undefined;
  return section('*Nobody is in command.* The incident commander decides on the response.');
}

function ended(incident: Incident): readonly KnownBlock[] {
  const took = duration(incident.statusSince - incident.declaredAt);
  const why = prose(incident.statusReason ?? '', 1000);
  const exported = incident.postmortems > 0 ? 'The post-mortem timeline was exported.' : undefined;
  return blocksOf(
    { type: 'divider' },
    section(
      `*${statusName(incident.status)}* ${onDay(incident.statusSince)}, ${took} after it was declared.`,
      why,
    ),
    decisions(incident),
    playbookOffer(incident),
    exported ? context(exported) : undefined,
    actions(
      button(ACTION.exportPostmortem, 'Export post-mortem', [incident.id]),
      timelineButton(incident.id),
      incident.status === 'resolved' ? button(ACTION.reopen, 'Reopen…', [incident.id]) : undefined,
      incident.status === 'closed' ? undefined : more(incident.id),
    ),
  );
}

function busy(incident: Incident): boolean {
  return activeRun(incident) !== undefined || incident.planWanted !== undefined;
}

function fixing({ quickFix, response }: Incident): boolean {
  return response?.is === 'quick-fix' && quickFix !== undefined && quickFix.state !== 'deployed';
}

function inWords(incident: Incident): string {
  const severity = incident.severity ? `${severityName(incident.severity.is)}, ` : '';
  const commander = incident.roles.commander;
  const led = commander ? `commander ${mention(commander)}` : 'no commander yet';
  return `${nameOf(incident)}: ${severity}${statusName(incident.status).toLowerCase()}, ${placeOf(incident)}, ${led}.`;
}
