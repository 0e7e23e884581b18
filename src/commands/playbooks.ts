/** `/incident playbook`, and the buttons of a playbook's message. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { choosePlaybookModal, goOnModal, playbookList } from '../blocks/playbook-choice.ts';
import { updateModal } from '../blocks/updates.ts';
import { Refusal } from '../errors.ts';
import {
  answerPlaybook,
  goOnInPlaybook,
  startPlaybook,
  stopPlaybook,
  tickPlaybook,
} from '../flows/playbook.ts';
import { type Ground, operatePlaybook } from '../flows/playbook-operations.ts';
import type { Incident } from '../incident.ts';
import type { Playbook } from '../playbook.ts';
import { currentStep, type PlaybookProgress } from '../playbook-progress.ts';
import { theirWords } from '../words.ts';
import { type Desk, decideFor, policyOf, type Request, requireIncident } from './desk.ts';
import { decide, here, type Subcommands } from './here.ts';
import { onClick } from './on-click.ts';
import type { Outcome, Typed } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { canPublish, openNoticeForm } from './status-page.ts';

export const PLAYBOOKS: Subcommands = { playbook };

/** Registers the buttons and forms of playbooks. */
export function registerPlaybooks(desk: Desk): void {
  onClick(desk, ACTION.startPlaybook, 1, async (click) => {
    const [name = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, startPlaybook(requirePlaybook(desk, name)));
  });
  onClick(desk, ACTION.choosePlaybook, 0, async ({ incident, triggerId }) => {
    const view = choosePlaybookModal(incident, [...desk.playbooks.values()]);
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.choosePlaybook, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    const chosen = requirePlaybook(desk, submission.fields['playbook'] ?? '');
    await decideFor(desk, submission, incident.id, startPlaybook(chosen));
    return undefined;
  });
  onClick(desk, ACTION.stopPlaybook, 1, async (click) => {
    await decideFor(desk, click, click.incident.id, stopPlaybook(Number(click.ids[0])));
  });
  onClick(desk, ACTION.answerPlaybook, 3, async (click) => {
    const [number = '', step = '', answer = ''] = click.ids;
    const flow = answerPlaybook(Number(number), step, answer);
    await decideFor(desk, click, click.incident.id, flow);
  });
  onClick(desk, ACTION.tickPlaybook, 3, async (click) => {
    const [number = '', step = '', item = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, tickPlaybook(Number(number), step, item));
  });
  onClick(desk, ACTION.operatePlaybook, 2, async (click) => {
    const [number = '', step = ''] = click.ids;
    const flow = operatePlaybook(Number(number), step, await groundOf(desk, click.incident));
    await decideFor(desk, click, click.incident.id, flow);
  });
  onClick(desk, ACTION.leaveInPlaybook, 2, async (click) => {
    const [number = '', step = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, goOnInPlaybook(Number(number), step));
  });
  onClick(desk, ACTION.goOnInPlaybook, 2, async ({ incident, ids: [number, step], triggerId }) => {
    const view = goOnModal(incident, requireAt(incident, number, step));
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.goOnInPlaybook, async (submission) => {
    const { incident: id, ref = '' } = submission.metadata;
    const incident = requireIncident(desk, id);
    const [number = '', step = ''] = ref.split(' ');
    const flow = goOnInPlaybook(Number(number), step, submission.fields['note'] ?? '');
    await decideFor(desk, submission, incident.id, flow);
    return undefined;
  });
  onClick(desk, ACTION.announceInPlaybook, 2, async (click) => {
    const { incident, triggerId, ids } = click;
    const [number, step] = ids;
    const current = currentStep(requireAt(incident, number, step));
    const template = current?.kind === 'announcement' ? current.template : undefined;
    if (current?.kind === 'announcement' && current.audience === 'users') {
      if (canPublish(desk, incident))
        return openNoticeForm(desk, click, incident, triggerId, template);
    }
    const next = incident.severity && desk.reminders.updates[incident.severity.is];
    const view = updateModal(incident, next, template);
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
}

/** Without words it lists them; `stop` ends the one at work; any other word is the name of one to start. */
async function playbook(
  desk: Desk,
  request: Request,
  typed: Typed,
  words: string,
): Promise<Outcome> {
  const incident = here(desk, typed);
  const name = words.trim().toLowerCase().replaceAll(/\s+/g, '-');
  if (name === '' || name === 'list') {
    return { reply: playbookList(incident, [...desk.playbooks.values()]) };
  }
  const flow = name === 'stop' ? stopPlaybook() : startPlaybook(requirePlaybook(desk, name));
  return decide(desk, request, incident, flow);
}

function requirePlaybook({ playbooks }: Desk, name: string): Playbook {
  const found = playbooks.get(name);
  if (found) return found;
  throw new Refusal(
    'not-found',
    `There is no playbook “${theirWords(name.slice(0, 60))}”. Choose one of these: ${[...playbooks.keys()].join(', ')}.`,
    'playbook',
  );
}

function requireAt(
  incident: Incident,
  number: string | undefined,
  step: string | undefined,
): PlaybookProgress {
  const progress = incident.playbooks.find((each) => String(each.number) === number);
  if (progress && currentStep(progress)?.id === step) return progress;
  throw new Refusal('already-done', 'That step is done already. Look at the playbook’s message.');
}

async function groundOf(desk: Desk, incident: Incident): Promise<Ground> {
  const { service } = policyOf(desk, incident);
  const { components } = await desk.catalogue.systems(incident.service, incident.environment);
  // What is put back another way than by the component that has the points is asked for by name.
  const restorable = components
    .filter(({ restorePoints }) => restorePoints && restorePoints.of === undefined)
    .map(({ id }) => id);
  return { service, restorable };
}
