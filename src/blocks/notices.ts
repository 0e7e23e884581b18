/** Short messages for what people must notice; each is posted once and edited to say how it ended. */

import type { KnownBlock } from '@slack/types';
import { activeRun, type Incident, isOpen, openProposal } from '../incident.ts';
import type { Monitor, Trouble } from '../monitor.ts';
import type { Proposal } from '../proposal.ts';
import type { Contact, Principal, Service } from '../service.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, header, section } from './elements.ts';
import type { Dated, DesiredMessage } from './message.ts';
import { at, duration, line, linesThatFit, mention, onDay, quote, who } from './mrkdwn.ts';
import { stateLine } from './plan.ts';
import { readingLines } from './run.ts';
import { nameOf, placeOf } from './words.ts';

const MENTIONED = 10;

/** Calls the approvers when their approval is asked for, and says afterwards what became of it. */
export function approvalNotices(incident: Incident, service: Service): readonly Dated[] {
  return incident.proposals.flatMap((proposal) => {
    const { plan, requestedAt } = proposal;
    if (requestedAt === undefined) return [];
    const what = `${line(plan.title, 300)} (${placeOf(plan)})`;
    const text =
      proposal.state === 'requested' && isOpen(incident)
        ? `${approvers(proposal, service)}: your approval is needed. ${asked(proposal)}: ${what}. The plan ${plan.id} is above.`
        : `${what}: ${stateLine(incident, proposal)}`;
    return [{ since: requestedAt, message: notice(`approval/${plan.id}`, text) }];
  });
}

/** Says loudly, in the incident and to everybody else, that somebody went ahead alone. */
export function breakGlassNotices(incident: Incident, service: Service): readonly Dated[] {
  return incident.proposals.flatMap((proposal) => {
    const { plan } = proposal;
    const given = proposal.approvals.find(({ breakGlass }) => breakGlass !== undefined);
    if (!given) return [];
    const heading = 'Break-glass approval';
    const did = `${who(given.by)} approved alone at ${at(given.at)}: *${line(plan.title, 300)}* (${placeOf(plan)}).`;
    const blocks = (last: string): readonly KnownBlock[] => [
      header(`${heading} 🚨`),
      section(did, quote(given.breakGlass ?? ''), last),
    ];
    const text = `${heading}. ${did.replaceAll('*', '')} ${line(given.breakGlass ?? '', 1000)}`;
    const channel = incident.channel ? `: <#${incident.channel.id}>` : '';
    return [
      {
        since: given.at,
        message: {
          key: `break-glass/${plan.id}`,
          where: 'incident',
          text,
          blocks: blocks(`${approvers(proposal, service)}: it did not wait for you.`),
        },
      },
      {
        since: given.at,
        message: {
          key: `break-glass-announcement/${plan.id}`,
          where: 'announcements',
          text: `${nameOf(incident)}: ${text}`,
          blocks: blocks(`${nameOf(incident)}${channel}`),
        },
      },
    ];
  });
}

/** Says that a run has brought the service back, and when it is looked at again. */
export function recoveredNotices(incident: Incident): readonly Dated[] {
  return incident.runs
    .filter(({ outcome }) => outcome === 'recovered')
    .map((run) => {
      const took = duration((run.endedAt ?? run.startedAt) - run.startedAt);
      const windows = incident.monitor?.run === run.id ? incident.monitor.windows : [];
      const watched = windows.map(
        ({ name, from, until }) => `• ${line(name, 80)}: ${onDay(from)} to ${onDay(until)}`,
      );
      const text =
        run.kind === 'verify'
          ? `*${placeOf(incident)} is healthy${incident.release ? ` with ${line(incident.release.version, 60)}` : ''}*: every probe passed.`
          : `*${placeOf(incident)} has recovered*, ${took} after run ${run.id} began.`;
      const until = incident.release ? '' : ' until the commander resolves the incident';
      const blocks = [
        section(
          text,
          watched.length > 0 ? `It is watched${until}:` : undefined,
          linesThatFit(watched, 1500),
        ),
      ];
      const message = { ...notice(`recovered/${run.id}`, text), blocks };
      return { since: run.endedAt ?? run.startedAt, message };
    });
}

/**
 * Says when something is off in a monitor window, each time anew that it was well in between, and how each window ended; a quiet
 * window says nothing meanwhile.
 */
export function monitorNotices(incident: Incident): readonly Dated[] {
  const monitors = [...incident.earlierMonitors, ...(incident.monitor ? [incident.monitor] : [])];
  return monitors.flatMap((monitor) => {
    const toTell = troublesToTell(monitor);
    return monitor.windows.flatMap((window): readonly Dated[] => [
      ...window.troubles.flatMap((trouble, index) =>
        toTell.has(trouble)
          ? [{ since: trouble.since, message: somethingOff(incident, monitor, window, index) }]
          : [],
      ),
      ...(window.passed === undefined
        ? []
        : [
            {
              since: window.lastReadAt ?? window.until,
              message: windowEnded(incident, monitor, window),
            },
          ]),
    ]);
  });
}

/**
 * Windows over the same time read the same probes: what one of them sees while another that goes on too has told of trouble, and has not seen it
 * well since, is not told again.
 */
function troublesToTell({ windows }: Monitor): ReadonlySet<Trouble> {
  const all = windows
    .flatMap((window) => window.troubles.map((trouble) => ({ window, trouble })))
    .sort((one, other) => one.trouble.since - other.trouble.since);
  const told: typeof all = [];
  for (const each of all) {
    const { since } = each.trouble;
    const isTold = told.some(
      ({ window, trouble }) => window.until >= since && (trouble.until ?? since) >= since,
    );
    if (!isTold) told.push(each);
  }
  return new Set(told.map(({ trouble }) => trouble));
}

function somethingOff(
  incident: Incident,
  { run }: Monitor,
  window: Monitor['windows'][number],
  index: number,
): DesiredMessage {
  const { name, troubles, readings, passed } = window;
  const key = `monitor-trouble/${run}/${name}${index === 0 ? '' : `/${index + 1}`}`;
  const trouble = troubles[index];
  const well = trouble?.until !== undefined;
  const state = well ? 'It has been healthy again since.' : 'It is not healthy now.';
  const text = `*Something is off* in the monitor window ${line(name, 80)}: ${placeOf(incident)} did not pass at ${at(trouble?.since ?? 0)}. ${state}`;
  const commander = incident.roles.commander;
  const called = well || !commander ? '' : mention(commander);
  const watching = isOpen(incident) && passed === undefined && !well;
  const idle = !activeRun(incident) && !incident.planWanted && !openProposal(incident);
  const back = button(ACTION.planRollback, 'Roll back…', [incident.id]);
  return {
    ...notice(key, text),
    blocks: blocksOf(
      section(text, called),
      well ? undefined : section(readingLines(readings)),
      watching && idle ? actions(back) : [],
    ),
  };
}

/** The people to call, and how. */
export function contactsNotice(incident: Incident, service: Service): readonly Dated[] {
  const called = incident.contactsCalled;
  if (!called) return [];
  const lines =
    service.contacts.length > 0
      ? service.contacts.map(contactLine)
      : called.contacts.map((contact) => `• ${line(contact, 200)}`);
  const heading = `*Contacts for ${placeOf(incident)}*, called by ${who(called.by)} at ${at(called.at)}`;
  const text = `${heading}:\n${linesThatFit(lines, 2500)}`;
  return [{ since: called.at, message: notice('contacts', text) }];
}

function windowEnded(
  incident: Incident,
  { run, windows }: Monitor,
  window: Monitor['windows'][number],
): DesiredMessage {
  const key = `monitor/${run}/${window.name}`;
  const name = line(window.name, 80);
  const commander = incident.roles.commander;
  const idle =
    isOpen(incident) && !activeRun(incident) && !incident.planWanted && !openProposal(incident);
  if (window.passed) {
    const all = windows.every(({ passed }) => passed === true);
    const next = !isOpen(incident)
      ? ''
      : incident.release && all
        ? 'The release settles by itself.'
        : all
          ? `${commander ? mention(commander) : 'The incident commander'} may resolve the incident.`
          : nextWindow(windows, window);
    const text = `*Monitor window ${name} passed.* ${placeOf(incident)} is healthy. ${next}`.trim();
    const resolve = button(ACTION.resolve, 'Resolve…', [incident.id], {
      style: all ? 'primary' : undefined,
    });
    const resolvable =
      idle && !incident.release && incident.status === 'monitoring' && commander !== undefined;
    return {
      ...notice(key, text),
      blocks: blocksOf(section(text), resolvable ? actions(resolve) : []),
    };
  }
  const text = `*Monitor window ${name} did not pass.* ${placeOf(incident)} is not healthy.`;
  const back = button(ACTION.planRollback, 'Roll back…', [incident.id]);
  return {
    ...notice(key, text),
    blocks: blocksOf(section(text, readingLines(window.readings)), idle ? actions(back) : []),
  };
}

function nextWindow(windows: Monitor['windows'], over: Monitor['windows'][number]): string {
  const next = windows.find(({ passed, name }) => passed === undefined && name !== over.name);
  if (!next) return '';
  const name = line(next.name, 80);
  return next.from > over.until
    ? `The next window, ${name}, begins ${onDay(next.from)}.`
    : `The window ${name} goes on until ${onDay(next.until)}.`;
}

function notice(key: string, text: string): DesiredMessage {
  return { key, where: 'incident', text: text.replaceAll('*', ''), blocks: [section(text)] };
}

function asked({ requestedBy, until }: Proposal): string {
  const by = requestedBy ? who(requestedBy) : 'Somebody';
  return until === undefined ? `${by} asks` : `${by} asks, until ${at(until)}`;
}

function approvers({ plan }: Proposal, service: Service): string {
  const from: readonly Principal[] = service.environments[plan.environment]?.approval.from ?? [];
  if (from.length === 0) return 'Approvers';
  const left = from.length - MENTIONED;
  const called = from.slice(0, MENTIONED).map(mention).join(' ');
  return left > 0 ? `${called} and ${left} more` : called;
}

function contactLine({ role, name, slack, phone, email }: Contact): string {
  const ways = [
    slack ? mention(slack) : undefined,
    phone ? line(phone, 60) : undefined,
    email ? line(email, 120) : undefined,
  ].filter((way) => way !== undefined);
  return `• *${line(role, 80)}*: ${[line(name, 80), ...ways].join(', ')}`;
}
