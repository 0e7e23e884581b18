/** What each event does to an incident. */

import { applyToRun, startRun } from './apply-run-event.ts';
import { applyToEndings } from './ending.ts';
import type { Actor, EventData, Recorded } from './events.ts';
import { applyToFreezes } from './freeze.ts';
import { type Choice, type Incident, proposalOf } from './incident.ts';
import { applyToMonitor } from './monitor.ts';
import { applyToPlaybooks } from './playbook-progress.ts';
import { applyToPlanning } from './proposal.ts';
import { applyToQuickFix } from './quick-fix.ts';
import { applyToRelease, beginRelease, type ReleaseEvents } from './release.ts';
import { applyToReminders } from './reminders.ts';
import type { RunEvent } from './run.ts';
import { applyToStatusPage } from './status-page.ts';
import { applyToTasks } from './tasks.ts';

/**
 * The incident after one more event; `undefined` is the state before the first.
 * @throws Error when the first event does not declare, a run event names no run, or the type is unknown.
 */
export function applyEvent(incident: Incident | undefined, event: Recorded): Incident {
  if (event.type === 'incident.declared') return declared(event, event.data);
  if (event.type === 'release.prepared') return prepared(event);
  if (!incident) throw new Error(`${event.stream} does not begin with its declaration`);
  const next = change(incident, event);
  return { ...next, version: event.version, lastEventAt: event.at };
}

function prepared(event: Recorded & { readonly type: 'release.prepared' }): Incident {
  const { data } = event;
  const title = `${data.service} ${data.version}`;
  const begun = declared(event, { ...data, title, summary: '' });
  return { ...begun, roles: { commander: data.owner }, release: beginRelease(data) };
}

function declared(event: Recorded, data: EventData['incident.declared']): Incident {
  const { id, title, summary, service, environment } = data;
  return {
    id,
    number: Number(id.replace(/\D/g, '')),
    stream: event.stream,
    version: event.version,
    title,
    summary,
    service,
    environment,
    private: data.private === true,
    drill: data.drill === true,
    ...(data.alert === undefined ? {} : { alert: data.alert }),
    ...(data.imported === undefined ? {} : { imported: data.imported }),
    declaredAt: event.at,
    declaredBy: event.actor,
    responders: [],
    left: [],
    status: 'investigating',
    statusSince: event.at,
    roles: {},
    answers: {},
    proposals: [],
    runs: [],
    freezes: [],
    earlierMonitors: [],
    postmortems: 0,
    tasks: [],
    updates: [],
    statusPage: [],
    playbooks: [],
    reminders: [],
    handovers: [],
    captured: [],
    endings: [],
    duplicates: [],
    lastEventAt: event.at,
  };
}

function change(
  incident: Incident,
  event: Exclude<Recorded, { type: 'incident.declared' | 'release.prepared' }>,
): Incident {
  switch (event.type) {
    case 'channel.opened': {
      const { channel: id, name, url } = event.data;
      return { ...incident, channel: { id, name, ...(url === undefined ? {} : { url }) } };
    }
    case 'responders.invited':
      return {
        ...incident,
        responders: [...new Set([...incident.responders, ...event.data.users])],
        left: incident.left.filter((user) => !event.data.users.includes(user)),
      };
    case 'responder.left':
      return {
        ...incident,
        responders: incident.responders.filter((user) => user !== event.data.user),
        left: [...incident.left, event.data.user],
      };
    case 'message.captured':
    case 'message.edited':
    case 'message.released':
      return { ...incident, captured: capturedAfter(incident.captured, event) };
    case 'assessment.answered':
      return {
        ...incident,
        answers: { ...incident.answers, [event.data.question]: event.data.answer },
      };
    case 'assessment.restarted':
      return { ...incident, answers: {} };
    case 'severity.set':
      return { ...incident, severity: chosen(event.data.severity, event.data, event) };
    case 'response.chosen': {
      // Chosen again after its plan could not be made, it is tried again.
      const { planRefused: _refused, ...rest } = incident;
      return { ...rest, response: chosen(event.data.response, event.data, event) };
    }
    case 'status.changed':
      return {
        ...incident,
        status: event.data.status,
        statusSince: event.at,
        statusReason: event.data.reason,
        endings: applyToEndings(incident.endings, event),
      };
    case 'role.claimed':
      return { ...incident, roles: { ...incident.roles, [event.data.role]: event.data.user } };
    case 'note.added':
    case 'people.named':
    case 'timeline.curated':
      return incident;
    case 'contacts.called':
      return {
        ...incident,
        contactsCalled: { by: event.actor, at: event.at, contacts: event.data.contacts },
      };
    case 'postmortem.exported':
      return {
        ...incident,
        postmortems: incident.postmortems + 1,
        ...placesOf(incident, event),
      };
    case 'task.added':
    case 'task.assigned':
    case 'task.done':
    case 'task.linked':
    case 'task.issue-closed':
    case 'task.reopened':
    case 'task.rescheduled':
      return { ...incident, tasks: applyToTasks(incident.tasks, event) };
    case 'reminder.given':
    case 'reminder.snoozed':
      return { ...incident, reminders: applyToReminders(incident.reminders, event) };
    case 'update.posted': {
      const update = { ...event.data, by: event.actor, at: event.at };
      return { ...incident, updates: [...incident.updates, update] };
    }
    case 'status-page.approved':
    case 'status-page.intended':
    case 'status-page.published':
    case 'status-page.failed':
    case 'status-page.settled':
      return { ...incident, statusPage: applyToStatusPage(incident.statusPage, event) };
    case 'handover.given': {
      const handover = { ...event.data, by: event.actor, at: event.at };
      return { ...incident, handovers: [...incident.handovers, handover] };
    }
    case 'release.ticked':
    case 'release.captured':
    case 'release.out':
    case 'release.rolled-back':
    case 'release.called-off':
    case 'release.settled':
      return changeRelease(incident, event);
    case 'playbook.started':
    case 'playbook.answered':
    case 'playbook.ticked':
    case 'playbook.step-done':
    case 'playbook.ended':
      return { ...incident, playbooks: applyToPlaybooks(incident.playbooks, event) };
    case 'incident.merged':
      return { ...incident, mergedInto: event.data.into };
    case 'duplicate.linked':
      return { ...incident, duplicates: [...incident.duplicates, event.data.incident] };
    case 'plan.wanted':
    case 'plan.proposed':
    case 'plan.refused':
    case 'plan.went-stale':
    case 'approval.requested':
    case 'approval.given':
    case 'approval.rejected':
    case 'approval.expired':
    case 'question.asked':
      return changePlanning(incident, event);
    case 'quick-fix.started':
    case 'quick-fix.ended':
    case 'quick-fix.extended':
    case 'quick-fix.deployed':
      return { ...incident, quickFix: applyToQuickFix(incident.quickFix, event) };
    case 'monitor.started':
      return {
        ...incident,
        monitor: applyToMonitor(incident.monitor, event),
        earlierMonitors: [
          ...incident.earlierMonitors,
          ...(incident.monitor ? [incident.monitor] : []),
        ],
      };
    case 'monitor.read':
    case 'monitor.ended':
      return { ...incident, monitor: applyToMonitor(incident.monitor, event) };
    case 'freeze.turned':
    case 'freeze.stepped':
      return { ...incident, freezes: applyToFreezes(incident.freezes, event) };
    case 'run.started': {
      const plan = proposalOf(incident, event.data.plan)?.plan;
      if (!plan) throw new Error(`${event.data.run} runs a plan that was never proposed`);
      const run = startRun(event.data, plan.kind, plan.steps, event.at);
      return {
        ...incident,
        proposals: incident.proposals.map((proposal) =>
          proposal.plan === plan ? { ...proposal, state: 'approved' } : proposal,
        ),
        runs: [...incident.runs, run],
      };
    }
    case 'run.cancelling':
    case 'run.finished':
    case 'run.halted':
    case 'step.allowed':
    case 'step.failed':
    case 'step.intended':
    case 'step.lost':
    case 'step.progressed':
    case 'step.retried':
    case 'step.shown':
    case 'step.ending':
    case 'step.printed':
    case 'step.skipped':
    case 'step.submitted':
    case 'step.succeeded':
    case 'verification.read':
    case 'verification.started':
      return changeRun(incident, event);
  }
  throw new Error(
    `${(event satisfies never as Recorded).type} is no event that this version knows`,
  );
}

/** Where people go on with the post-mortem: the newest canvas and issue, and since when there is one of them. */
function placesOf(
  { sharedAt }: Incident,
  { at, data: { canvas, issue } }: Recorded & { readonly type: 'postmortem.exported' },
): Partial<Incident> {
  if (canvas === undefined && issue === undefined) return {};
  return {
    sharedAt: sharedAt ?? at,
    ...(canvas === undefined ? {} : { canvas }),
    ...(issue === undefined ? {} : { issue }),
  };
}

function changePlanning(
  incident: Incident,
  event: OfType<`plan.${string}` | `approval.${string}` | 'question.asked'>,
): Incident {
  const { planWanted: _wanted, planRefused: _refused, ...rest } = incident;
  return { ...rest, ...applyToPlanning(incident, event) };
}

function changeRelease(
  incident: Incident,
  event: OfType<Exclude<keyof ReleaseEvents, 'release.prepared'>>,
): Incident {
  if (!incident.release) throw new Error(`${incident.id} is no release`);
  return { ...incident, release: applyToRelease(incident.release, event) };
}

function capturedAfter(
  captured: Incident['captured'],
  event: OfType<'message.captured' | 'message.edited' | 'message.released'>,
): Incident['captured'] {
  const { channel, ts } = event.data;
  const others = captured.filter((each) => each.channel !== channel || each.ts !== ts);
  if (event.type === 'message.released') return others;
  return [...others, { channel, ts, text: event.data.text }];
}

type OfType<T extends string> = Extract<Recorded, { type: T }>;

function changeRun(incident: Incident, event: RunEvent & { readonly at: number }): Incident {
  if (!incident.runs.some((run) => run.id === event.data.run)) {
    throw new Error(`${incident.id} has no run ${event.data.run}`);
  }
  return {
    ...incident,
    runs: incident.runs.map((run) =>
      run.id === event.data.run ? applyToRun(run, event, event.at) : run,
    ),
  };
}

function chosen<T>(
  is: T,
  data: { readonly reasons: readonly string[]; readonly override?: string },
  event: { readonly actor: Actor; readonly at: number },
): Choice<T> {
  const { reasons, override } = data;
  return { is, reasons, by: event.actor, at: event.at, ...(override ? { override } : {}) };
}
