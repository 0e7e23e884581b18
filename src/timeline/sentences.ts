/** What each event says in the timeline. The subject of a sentence is whoever caused the event. */

import { assess, optionOf, QUESTIONS } from '../assessment.ts';
import type { PlanWish, Recorded } from '../events.ts';
import { expectedMs } from '../plan.ts';
import type { ReleasePart } from '../release.ts';
import { statusWord } from '../vocabulary.ts';
import { tellCoordination } from './coordination-sentences.ts';
import { tellCuration } from './curate.ts';
import { tellFreeze } from './freeze-sentences.ts';
import { tellMessage } from './message-sentences.ts';
import { tellMonitor } from './monitor-sentences.ts';
import type { PlainWords } from './plain-words.ts';
import { tellPlaybook } from './playbook-sentences.ts';
import { tellRelease } from './release-sentences.ts';
import { tellRun, tellStep } from './run-sentences.ts';
import { tellStatusPage } from './status-page-sentences.ts';
import type { Telling, Thread } from './thread.ts';
import {
  decisionWords,
  durationWords,
  listWords,
  momentWords,
  ROLE_WORDS,
  sentence,
  severityWords,
} from './wording.ts';

/** The sentence of one event; events have to be told in their order. */
export function tell(event: Recorded, thread: Thread, words: PlainWords): Telling {
  switch (event.type) {
    case 'incident.declared': {
      const { title, service, environment, summary, drill } = event.data;
      const kind = `${event.data.private ? 'private ' : ''}${drill ? 'drill' : 'incident'}`;
      const what = `Declared the ${kind} “${title}” for ${service} in ${environment}.`;
      return { kind: 'incident', what, why: summary };
    }
    case 'channel.opened':
      return { kind: 'people', what: `Opened the channel #${event.data.name}.` };
    case 'responders.invited': {
      const { users } = event.data;
      const self = event.actor.kind === 'person' && users.join() === event.actor.id;
      const invited = listWords(users.map((id) => words.user(id)));
      return { kind: 'people', what: self ? 'Joined the channel.' : `Invited ${invited}.` };
    }
    case 'people.named':
      return {
        kind: 'people',
        what: `Looked up who took part: ${listWords(Object.values(event.data.names))}.`,
      };
    case 'responder.left':
      return { kind: 'people', what: `${words.user(event.data.user)} left the channel.` };
    case 'message.captured':
    case 'message.edited':
    case 'message.released':
      return tellMessage(event, words);
    case 'contacts.called':
      return {
        kind: 'people',
        what: `Called the emergency contacts: ${event.data.contacts.join('; ')}.`,
      };
    case 'role.claimed': {
      const role = ROLE_WORDS[event.data.role];
      const self = event.actor.kind === 'person' && event.actor.id === event.data.user;
      const what = self ? `Became ${role}.` : `Made ${words.user(event.data.user)} ${role}.`;
      const { reason } = event.data;
      return { kind: 'people', what, ...(reason === undefined ? {} : { why: reason }) };
    }
    case 'assessment.answered': {
      const { question, answer } = event.data;
      thread.answers = { ...thread.answers, [question]: answer };
      const asked = QUESTIONS.find(({ id }) => id === question)?.text ?? question;
      const given = optionOf(question, answer)?.label ?? answer;
      return { kind: 'assessment', what: `Answered “${asked}” with “${given}”.` };
    }
    case 'assessment.restarted':
      thread.answers = {};
      return { kind: 'assessment', what: 'Started the assessment over.' };
    case 'severity.set': {
      const severity = severityWords(event.data.severity);
      const { override, reasons } = event.data;
      if (override !== undefined) {
        return {
          kind: 'severity',
          what: `Set the severity to ${severity} by hand.`,
          why: override,
        };
      }
      const what = `With this answer the severity is ${severity}.`;
      return { kind: 'severity', what, why: listWords(reasons) };
    }
    case 'response.chosen': {
      const { response, reasons, override } = event.data;
      const recommended = assess(thread.answers).response?.result;
      const what = `${decisionWords(response, recommended, override !== undefined)}.`;
      return { kind: 'decision', what, why: override ?? listWords(reasons) };
    }
    case 'status.changed': {
      const { status, reason } = event.data;
      const reopened = thread.status === 'resolved' && status !== 'resolved' && status !== 'closed';
      thread.status = status;
      const what = reopened
        ? 'Reopened the incident.'
        : `Changed the status to ${statusWord(status)}.`;
      return { kind: 'status', what, why: reason };
    }
    case 'incident.merged':
      return {
        kind: 'incident',
        what: `Merged this incident into ${event.data.into}, which goes on.`,
      };
    case 'duplicate.linked':
      return {
        kind: 'incident',
        what: `Linked ${event.data.incident}, which was about the same and is closed.`,
      };
    case 'task.added':
    case 'task.assigned':
    case 'task.done':
    case 'task.linked':
    case 'task.issue-closed':
    case 'task.reopened':
    case 'task.rescheduled':
    case 'update.posted':
    case 'reminder.given':
    case 'reminder.snoozed':
    case 'handover.given':
      return tellCoordination(event, thread, words);
    case 'status-page.approved':
    case 'status-page.intended':
    case 'status-page.published':
    case 'status-page.failed':
    case 'status-page.settled':
      return tellStatusPage(event);
    case 'release.prepared':
    case 'release.ticked':
    case 'release.captured':
    case 'release.out':
    case 'release.rolled-back':
    case 'release.called-off':
    case 'release.settled':
      return tellRelease(event);
    case 'playbook.started':
    case 'playbook.answered':
    case 'playbook.ticked':
    case 'playbook.step-done':
    case 'playbook.ended':
      return tellPlaybook(event, thread);
    case 'note.added':
      return {
        kind: 'note',
        what: `Noted${event.data.at === undefined ? '' : ` of ${momentWords(event.data.at)}`}: ${event.data.text}`,
      };
    case 'timeline.curated':
      return tellCuration(event.data);
    case 'postmortem.exported':
      return {
        kind: 'note',
        what: `Exported the post-mortem: ${listWords(event.data.files)}.`,
        group: { key: `postmortem ${words.who(event.actor)}`, is: event.data.files.join() },
      };
    case 'plan.wanted': {
      const what = `Asked for a plan to ${wishWords(event.data, thread)}.`;
      const { reason } = event.data;
      return { kind: 'plan', what, ...(reason === undefined ? {} : { why: reason }) };
    }
    case 'plan.proposed':
      return planProposed(event, thread);
    case 'plan.refused':
      return {
        kind: 'plan',
        what:
          event.actor.kind === 'backstop'
            ? 'Could not make a plan.'
            : 'Got no plan: it could not be made.',
        why: event.data.reason,
      };
    case 'plan.went-stale':
      return {
        kind: 'plan',
        what: `Found that plan ${event.data.plan} no longer fits what is live.`,
        why: event.data.reason,
      };
    case 'approval.requested':
      return { kind: 'approval', what: `Asked for approval of plan ${event.data.plan}.` };
    case 'approval.given': {
      const { plan, breakGlass } = event.data;
      if (breakGlass === undefined) return { kind: 'approval', what: `Approved plan ${plan}.` };
      const what = `Broke the glass: went ahead with plan ${plan} without the approvals the policy asks for.`;
      return { kind: 'approval', what, why: breakGlass };
    }
    case 'approval.rejected':
      return {
        kind: 'approval',
        what: `Declined plan ${event.data.plan}.`,
        why: event.data.reason,
      };
    case 'question.asked':
      return { kind: 'approval', what: `Asked about plan ${event.data.plan}: ${event.data.text}` };
    case 'approval.expired':
      return {
        kind: 'approval',
        what: `Closed plan ${event.data.plan}: the time to approve it ran out.`,
      };
    case 'quick-fix.started': {
      const limit = durationWords(event.data.until - event.at);
      const what = `Started the quick fix on branch ${event.data.branch}, with ${limit} on the clock.`;
      return { kind: 'quick-fix', what };
    }
    case 'quick-fix.ended':
      return {
        kind: 'quick-fix',
        what: 'The quick fix ran out of time; the commander was asked again.',
      };
    case 'quick-fix.extended':
      return {
        kind: 'quick-fix',
        what: `Gave the quick fix ${durationWords(event.data.until - event.at)} more.`,
      };
    case 'quick-fix.deployed':
      return { kind: 'quick-fix', what: 'Reported the quick fix as deployed.' };
    case 'monitor.started':
    case 'monitor.read':
    case 'monitor.ended':
      return tellMonitor(event, thread);
    case 'freeze.turned':
    case 'freeze.stepped':
      return tellFreeze(event, thread);
    case 'run.started':
    case 'run.cancelling':
    case 'run.halted':
    case 'run.finished':
    case 'verification.started':
    case 'verification.read':
      return tellRun(event, thread);
    case 'step.intended':
    case 'step.submitted':
    case 'step.progressed':
    case 'step.lost':
    case 'step.succeeded':
    case 'step.failed':
    case 'step.shown':
    case 'step.ending':
    case 'step.printed':
    case 'step.allowed':
    case 'step.skipped':
    case 'step.retried':
      return tellStep(event, thread);
  }
}

const PART_WORDS: Readonly<Record<ReleasePart, string>> = {
  prepare: 'capture the restore point',
  'make-room': 'make room for the restore point',
  'release-holds': 'release what is held',
  'wind-down': 'wind the release down',
};

function wishWords(wish: PlanWish, thread: Thread): string {
  const { kind, part, target, run, restore, only, revert, switches = [], mitigate, reset } = wish;
  if (kind === 'mitigation') {
    const flags = switches.map(({ name, to = 'off' }) => `switch ${name} ${to}`);
    const deed = mitigate && [mitigate.name, ...mitigate.components, mitigate.value];
    return listWords([...flags, ...(deed ? [deed.filter(Boolean).join(' ')] : [])]);
  }
  if (reset) {
    return `force the branch back to ${reset.commit.slice(0, 7)}, because: ${reset.reason}`;
  }
  if (revert) return `revert ${revert.slice(0, 7)}`;
  if (restore && !only) {
    const { restore: _too, ...code } = wish;
    return `${wishWords(code, thread)}, with ${restoredWords(restore, thread)}`;
  }
  if (kind === 'undo') return `take back what run ${run} did`;
  if (kind === 'release') return PART_WORDS[part ?? 'prepare'];
  if (kind === 'roll-forward') return `roll forward again${run ? `, taking back run ${run}` : ''}`;
  if (restore) return `put back ${restoredWords(restore, thread)}`;
  if (target === undefined) return 'roll back to the previous good version';
  const offered = [...thread.plans.values()].flatMap(({ components }) => components);
  const known = offered.find((component) => component.target.id === target)?.target;
  return `roll back to ${known?.label ?? target}`;
}

/** By their titles where a plan named them already. */
function restoredWords(restore: NonNullable<PlanWish['restore']>, thread: Thread): string {
  const planned = [...thread.plans.values()].flatMap(({ components }) => components);
  return listWords(
    restore.map(({ component, point }) => {
      const title = planned.find(({ id }) => id === component)?.title ?? `“${component}”`;
      return point === undefined ? title : `${title} to ${point}`;
    }),
  );
}

/** Whoever asked for a plan is given it; those that follow by themselves Backstop makes. */
function planProposed(
  { actor, data: { plan } }: Extract<Recorded, { type: 'plan.proposed' }>,
  thread: Thread,
): Telling {
  thread.plans.set(plan.id, plan);
  const verb = actor.kind === 'backstop' ? 'Made' : 'Got';
  if (plan.steps.length === 0) {
    return { kind: 'plan', what: `${verb} plan ${plan.id}: ${sentence(plan.title)}` };
  }
  const steps = plan.steps.length === 1 ? '1 step' : `${plan.steps.length} steps`;
  const usual = durationWords(expectedMs(plan));
  return {
    kind: 'plan',
    what: `${verb} plan ${plan.id}: ${plan.title} (${steps}, usually ${usual}).`,
  };
}
