/** `/release`: announce a release, and carry it on with the buttons of its channel. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { help, unknownService } from '../blocks/help.ts';
import { callOffModal, releaseModal } from '../blocks/release-modals.ts';
import { Refusal } from '../errors.ts';
import {
  callOff,
  planPart,
  prepareRelease,
  releaseIsOut,
  startRelease,
  tickItem,
} from '../flows/release.ts';
import type { ReleasePart } from '../release.ts';
import { timeSaid } from '../wall-clock.ts';
import { theirWords } from '../words.ts';
import { type Desk, decideFor, type Request, requireIncident } from './desk.ts';
import { zoneOf } from './here.ts';
import { onClick } from './on-click.ts';
import { type Outcome, onCommand, type Typed } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { tellWhere } from './tell-where.ts';

const PARTS: readonly ReleasePart[] = ['prepare', 'make-room', 'release-holds', 'wind-down'];

/** Registers `/release`, its forms and its buttons. */
export function registerRelease(desk: Desk): void {
  onCommand(desk, '/release', (_request, typed) => releaseCommand(desk, typed));

  onSubmit(desk, VIEW.prepareRelease, async (submission) => {
    const { actor, delivery, fields, metadata } = submission;
    const flow = prepareRelease({
      service: desk.catalogue.service(metadata.ref ?? ''),
      environment: fields['environment'] ?? '',
      version: fields['version'] ?? '',
      plannedAt: await timeOf(desk, submission, fields['when'] ?? ''),
      takes: fields['takes'] ?? '',
      impact: fields['impact'] ?? '',
      changes: fields['changes'] ?? '',
    });
    const { incident } = await desk.loop.declare(actor, flow, delivery, 'REL');
    return () =>
      tellWhere(desk, submission, incident.id, `${incident.id} is announced. Go on in {channel}.`);
  });

  onClick(desk, ACTION.tickItem, 1, async (click) => {
    const [item = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, tickItem(item));
  });
  onClick(desk, ACTION.startRelease, 1, async (click) => {
    const [plan = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, startRelease(plan));
  });
  onClick(desk, ACTION.planPart, 1, async (click) => {
    const part = PARTS.find((known) => known === click.ids[0]);
    if (!part) throw new Refusal('invalid-input', 'There is no such part of a release.');
    await decideFor(desk, click, click.incident.id, planPart(part));
  });
  onClick(desk, ACTION.releaseOut, 0, async (click) => {
    await decideFor(desk, click, click.incident.id, releaseIsOut());
  });
  onClick(desk, ACTION.callOff, 0, async ({ incident, triggerId }) => {
    await desk.client.views.open({ trigger_id: triggerId, view: callOffModal(incident) });
  });
  onSubmit(desk, VIEW.callOff, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    await decideFor(desk, submission, incident.id, callOff(submission.fields['reason'] ?? ''));
    return undefined;
  });
}

/** Reads `<service> <version> [environment]`, and opens the form. */
async function releaseCommand(desk: Desk, typed: Typed): Promise<Outcome> {
  const [first = '', version = '', environment] = typed.text.split(/\s+/);
  if (first === 'help' || first === '') return { reply: help('release') };
  const service = desk.catalogue.service(first);
  if (!service) return { reply: unknownService(first, desk.catalogue.services()) };
  if (environment !== undefined && !Object.hasOwn(service.environments, environment)) {
    return { reply: unknownService(`${first} ${environment}`, [service]) };
  }
  const view = releaseModal(service, version, environment, typed.responseUrl);
  await desk.client.views.open({ trigger_id: typed.triggerId, view });
  return {};
}

async function timeOf(desk: Desk, request: Request, words: string): Promise<number> {
  const now = desk.clock.now();
  const said = words.trim();
  if (said === '' || /^now$/i.test(said)) return now;
  const time = timeSaid(said, now, await zoneOf(desk, request), 'ahead');
  if (time !== undefined) return time;
  const text = `“${theirWords(said.slice(0, 60))}” is not a time. Say \`now\`, or use 24 hours, such as 14:30.`;
  throw new Refusal('invalid-input', text, 'when');
}
