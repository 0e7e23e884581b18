/** The form that declares an incident, from wherever it is opened: typed, a shortcut, the home tab. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { fieldsOf, type Metadata, metadataOf, readMetadata } from '../blocks/metadata.ts';
import { declareModal } from '../blocks/modals.ts';
import { Refusal } from '../errors.ts';
import { declareIncident } from '../flows/declare.ts';
import type { Service } from '../service.ts';
import type { Desk } from './desk.ts';
import type { Subcommands } from './here.ts';
import type { Outcome } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { withThread } from './read-thread.ts';
import { tellWhere } from './tell-where.ts';
import { asTyped } from './typed-words.ts';
import { unlessClosed } from './unless-closed.ts';

interface Start {
  readonly triggerId: string;
  readonly title?: string;
  readonly summary?: string;
  readonly service?: string;
  readonly environment?: string;
  readonly private?: boolean;
  readonly metadata: Metadata;
}

export const DECLARE: Subcommands = {
  declare: (desk, _request, typed, words) => openTyped(desk, typed, words),
  private: (desk, _request, typed, words) => openTyped(desk, typed, words, { private: true }),
  drill: (desk, _request, typed, words) => openTyped(desk, typed, words, { drill: true }),
};

/** Registers the form and what comes of it. */
export function registerDeclareForm(desk: Desk): void {
  desk.switchboard.click(ACTION.chooseService, async ({ ack, body, client }) => {
    await ack();
    if (!body.view) return;
    const { id, hash, private_metadata: metadata, state } = body.view;
    const fields = fieldsOf(state.values);
    const { drill = false } = readMetadata(metadata);
    const view = declareModal({
      ...fields,
      drill,
      private: fields['private'] !== undefined && fields['private'] !== '',
      services: servicesFor(desk, drill),
      metadata,
    });
    await client.views.update({ view_id: id, hash, view }).catch(unlessClosed);
  });
  onSubmit(desk, VIEW.declare, async (submission) => {
    const { fields, metadata, actor, delivery } = submission;
    const read = metadata.message && (await withThread(desk, metadata.message));
    const flow = declareIncident({
      title: fields['title'] ?? '',
      summary: fields['summary'] ?? '',
      service: desk.catalogue.service(fields['service'] ?? ''),
      environment: fields['environment'] ?? '',
      private: (fields['private'] ?? '') !== '',
      drill: metadata.drill === true,
      messages: read?.messages,
      notKept: read?.notKept,
      alert: metadata.alert,
    });
    const { incident } = await desk.loop.declare(actor, flow, delivery);
    const what = incident.drill ? 'is declared as a drill' : 'is declared';
    const words = [`${incident.id} ${what}. Go on in {channel}.`, read?.lacks ?? '']
      .join(' ')
      .trim();
    return () => tellWhere(desk, submission, incident.id, words);
  });
}

/** Opens the form. Nothing is to be recorded before the acknowledgement. */
export async function openDeclareForm(desk: Desk, start: Start): Promise<void> {
  const { triggerId, metadata, ...fields } = start;
  const drill = metadata.drill === true;
  const view = declareModal({
    ...fields,
    drill,
    services: servicesFor(desk, drill),
    metadata: metadataOf(metadata),
  });
  await desk.client.views.open({ trigger_id: triggerId, view });
}

/** Opens the form with the words that were typed as its title. */
export async function openTyped(
  desk: Desk,
  { triggerId, responseUrl }: { readonly triggerId: string; readonly responseUrl: string },
  title: string,
  kind: { readonly private?: boolean; readonly drill?: boolean } = {},
): Promise<Outcome> {
  const drill = kind.drill ? { drill: true } : {};
  await openDeclareForm(desk, {
    triggerId,
    title: asTyped(title),
    private: kind.private === true,
    metadata: { responseUrl, ...drill },
  });
  return {};
}

/** A drill is offered only where the configuration allows it. @throws Refusal when it does nowhere. */
function servicesFor({ catalogue }: Desk, drill: boolean): readonly Service[] {
  const services = catalogue.services();
  if (!drill) return services;
  const allowed = services.flatMap((service) => {
    const environments = Object.entries(service.environments).filter(([, each]) => each.drills);
    return environments.length === 0
      ? []
      : [{ ...service, environments: Object.fromEntries(environments) }];
  });
  if (allowed.length > 0) return allowed;
  throw new Refusal(
    'not-possible',
    'No environment is meant for drills, so nothing was declared. In backstop.yaml, add `drills: true` to one that may be broken, never to production.',
  );
}
