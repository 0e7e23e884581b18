/** The menu behind *More…* on the card: what can be typed after `/incident`, as forms. */

import type { ModalView } from '@slack/web-api';
import { ACTION, idsOf, VIEW } from '../blocks/actions.ts';
import { reasonModal } from '../blocks/modals.ts';
import {
  handoverModal,
  type MoreChoice,
  mergeModal,
  moreModal,
  noteModal,
  roleModal,
  saidModal,
  statusModal,
  taskModal,
} from '../blocks/more.ts';
import { choosePlaybookModal } from '../blocks/playbook-choice.ts';
import { taskList } from '../blocks/tasks.ts';
import { updateModal } from '../blocks/updates.ts';
import { Refusal } from '../errors.ts';
import { addNote } from '../flows/add-note.ts';
import { callContacts } from '../flows/call-contacts.ts';
import { changeStatus } from '../flows/change-status.ts';
import { handOver } from '../flows/hand-over.ts';
import { addTask } from '../flows/tasks.ts';
import { type Incident, isOpen, maySee } from '../incident.ts';
import {
  type Desk,
  decideFor,
  failureWords,
  personOf,
  policyOf,
  type Request,
  requireIncident,
} from './desk.ts';
import { mergeDuplicate } from './lifecycle.ts';
import { onClick, valueOf } from './on-click.ts';
import { onSubmit, type Submission } from './on-submit.ts';
import { giveRoleTo, requireMayCommand, requireMember } from './roles.ts';
import { canPublish, noticeForm } from './status-page.ts';
import { setFollowing } from './subscriptions.ts';

/** Registers the menu and the forms that only it opens. */
export function registerMore(desk: Desk): void {
  onClick(desk, ACTION.openMore, 0, async ({ incident, actor, triggerId }) => {
    const others = othersFor(desk, incident, actor.id);
    const view = moreModal(incident, { hasPlaces: canPublish(desk, incident), others });
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  desk.switchboard.click(ACTION.more, async ({ ack, body, action }) => {
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: `${body.trigger_id} ${action.action_ts}`,
      // There is no channel to answer in: the menu turns into what came of it.
      answer: async () => undefined,
    };
    const view = await chosen(desk, request, valueOf(action)).catch((error: unknown) => {
      if (!(error instanceof Refusal)) desk.onError(error);
      return saidModal(error instanceof Refusal ? error.message : failureWords(error));
    });
    await ack();
    if (body.view) await desk.client.views.update({ view_id: body.view.id, view });
  });
  registerForms(desk);
}

/** Does what needs no form, and gives what is shown next. @throws Refusal when it cannot be. */
async function chosen(desk: Desk, request: Request, value: string | undefined): Promise<ModalView> {
  const [id, choice] = idsOf(value, 2) ?? [];
  const incident = requireIncident(desk, id, request.actor.id);
  const next = incident.severity && desk.reminders.updates[incident.severity.is];
  switch (choice as MoreChoice | undefined) {
    case 'update':
      return updateModal(incident, next);
    case 'statuspage':
      return noticeForm(desk, request, incident);
    case 'note':
      return noteModal(incident);
    case 'task':
      return taskModal(incident);
    case 'tasks':
      return saidModal(taskList(incident).text);
    case 'playbook':
      return choosePlaybookModal(incident, [...desk.playbooks.values()]);
    case 'role':
      return roleModal(incident);
    case 'handover':
      return handoverModal(incident);
    case 'contacts': {
      await decideFor(desk, request, incident.id, callContacts(policyOf(desk, incident).service));
      return saidModal('The contacts are called; the channel shows them.');
    }
    case 'subscribe':
      return saidModal(await setFollowing(desk, request, incident.service, true));
    case 'status':
      return statusModal(incident);
    case 'severity':
      return reasonModal(VIEW.overrideSeverity, incident, {});
    case 'merge':
      return mergeModal(incident, othersFor(desk, incident, request.actor.id));
    case 'close':
      return reasonModal(VIEW.close, incident, {});
    case undefined:
      break;
  }
  throw new Refusal('invalid-input', 'There is no such choice. Open the menu anew.');
}

/** What could be a duplicate of it. */
function othersFor({ loop }: Desk, incident: Incident, user: string): readonly Incident[] {
  return loop
    .openIncidents()
    .filter(
      (each) =>
        each.id !== incident.id &&
        !each.release &&
        each.private === incident.private &&
        isOpen(each) &&
        maySee(each, user),
    );
}

function registerForms(desk: Desk): void {
  const about = ({ metadata, actor }: Submission): Incident =>
    requireIncident(desk, metadata.incident, actor.id);
  onSubmit(desk, VIEW.note, async (submission) => {
    const { text = '', at = '' } = submission.fields;
    const when = at === '' ? undefined : millisecondsOf(at);
    if (when !== undefined && when > desk.clock.now()) {
      throw new Refusal('invalid-input', 'That time is in the future.', 'at');
    }
    await decideFor(desk, submission, about(submission).id, addNote(text, when));
    return undefined;
  });
  onSubmit(desk, VIEW.task, async (submission) => {
    const { text = '', user = '', due = '', kind } = submission.fields;
    if (user !== '') await requireMember(desk, user);
    const flow = addTask({
      text,
      kind: kind === 'follow-up' ? 'follow-up' : 'task',
      ...(user === '' ? {} : { owner: user }),
      ...(due === '' ? {} : { due: millisecondsOf(due) }),
    });
    await decideFor(desk, submission, about(submission).id, flow);
    return undefined;
  });
  onSubmit(desk, VIEW.role, async (submission) => {
    const { role = '', user = '', reason = '' } = submission.fields;
    const whom = user === '' ? submission.actor.id : user;
    const flow = await giveRoleTo(desk, submission, role, whom, reason);
    await decideFor(desk, submission, about(submission).id, flow);
    return undefined;
  });
  onSubmit(desk, VIEW.handover, async (submission) => {
    const { user = '' } = submission.fields;
    if (user !== '') await requireMayCommand(desk, user);
    const flow = handOver(user === '' ? undefined : user);
    await decideFor(desk, submission, about(submission).id, flow);
    return undefined;
  });
  onSubmit(desk, VIEW.status, async (submission) => {
    const { status = '', reason = '' } = submission.fields;
    await decideFor(desk, submission, about(submission).id, changeStatus(status, reason));
    return undefined;
  });
  onSubmit(desk, VIEW.merge, async (submission) => {
    const { duplicate = '' } = submission.fields;
    await mergeDuplicate(desk, submission, about(submission), duplicate);
    return undefined;
  });
}

/** @param seconds as Slack's picker gives them. @throws Refusal for what is no time. */
function millisecondsOf(seconds: string): number {
  if (/^\d{1,12}$/.test(seconds)) return Number(seconds) * 1000;
  throw new Refusal('invalid-input', 'That is not a time. Choose one in the form.', 'due');
}
