/** The home tab, kept current for those who have it open. */

import { ACTION } from '../blocks/actions.ts';
import { homeView } from '../blocks/home.ts';
import { isOpen, maySee, openProposal } from '../incident.ts';
import type { Service } from '../service.ts';
import { openDeclareForm } from './declare-form.ts';
import type { Desk } from './desk.ts';
import { createReadinessLook, type ReadinessLook } from './readiness-look.ts';

/** How long somebody who opened it is taken to look at it, milliseconds. */
const LOOKING_MS = 30 * 60_000;
/** Changes within so long are shown together. */
const GATHER_MS = 2_000;
/** More than these are not kept current; they see it anew when they open it. */
const LOOKING_LIMIT = 50;

/** Registers the home tab and its button. */
export function registerHome(desk: Desk): void {
  const looking = new Map<string, number>();
  const look = createReadinessLook(desk);
  let gathering: NodeJS.Timeout | undefined;

  desk.app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    looking.delete(event.user);
    looking.set(event.user, desk.clock.now());
    const [oldest] = looking.keys();
    if (looking.size > LOOKING_LIMIT && oldest !== undefined) looking.delete(oldest);
    await publish(desk, event.user, look);
    // What it takes to look at every system is waited for by nobody.
    look
      .fresh(await servicesOf(desk, event.user))
      .then((changed) => (changed ? publish(desk, event.user, look) : undefined))
      .catch(desk.onError);
  });
  desk.switchboard.click(ACTION.declare, async ({ ack, body }) => {
    await ack();
    await openDeclareForm(desk, { triggerId: body.trigger_id, metadata: {} });
  });
  desk.app.action(
    { type: 'block_actions', action_id: ACTION.declareDrill },
    async ({ ack, body }) => {
      await ack();
      await openDeclareForm(desk, { triggerId: body.trigger_id, metadata: { drill: true } });
    },
  );
  desk.subscriptions.onChange((user) => {
    if (looking.has(user)) publish(desk, user, look).catch(desk.onError);
  });
  desk.loop.subscribe(() => {
    if (looking.size === 0) return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      const since = desk.clock.now() - LOOKING_MS;
      for (const [user, at] of looking) {
        if (at < since) looking.delete(user);
        else publish(desk, user, look).catch(desk.onError);
      }
    }, GATHER_MS).unref();
  });
}

async function publish(desk: Desk, user: string, look: ReadinessLook): Promise<void> {
  const incidents = desk.loop.incidents().filter((incident) => maySee(incident, user));
  const asked = incidents.filter(
    (incident) => isOpen(incident) && openProposal(incident)?.state === 'requested',
  );
  const pairs = asked.map(async (incident) => {
    const policy = desk.catalogue.service(incident.service)?.environments[incident.environment];
    const from = policy?.approval.from ?? [];
    return (await desk.directory.membership(user, from)) === 'yes' ? [incident.id] : [];
  });
  const mayApprove = new Set((await Promise.all(pairs)).flat());
  const followed = desk.subscriptions.followedBy(user);
  const services = (await servicesOf(desk, user)).map((service) => ({
    id: service.id,
    name: service.name,
    follows: followed.includes(service.id),
    readiness: Object.keys(service.environments).map(
      (environment) => [environment, look.known(service.id, environment)] as const,
    ),
  }));
  const drills = desk.catalogue
    .services()
    .some(({ environments }) => Object.values(environments).some((each) => each.drills));
  const view = homeView({ incidents, user, mayApprove, services, drills });
  await desk.client.views.publish({ user_id: user, view });
}

/** The services that the person answers for, and those they follow. */
async function servicesOf(desk: Desk, user: string): Promise<readonly Service[]> {
  const followed = desk.subscriptions.followedBy(user);
  const pairs = desk.catalogue.services().map(async (service) => {
    const answers = (await desk.directory.membership(user, service.responders)) === 'yes';
    return answers || followed.includes(service.id) ? [service] : [];
  });
  return (await Promise.all(pairs)).flat();
}
