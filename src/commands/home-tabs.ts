/** Keeps the home tab current for those who have it open: after each change, and after a start what was missed. */

import { homeView } from '../blocks/home.ts';
import { isOpen, maySee, openProposal } from '../incident.ts';
import type { Service } from '../service.ts';
import { callSlack } from '../slack/call.ts';
import type { Desk } from './desk.ts';
import { openHomeOpenings } from './home-openings.ts';
import { createReadinessLook } from './readiness-look.ts';

/** Changes within so long are shown together. */
const GATHER_MS = 2_000;

export interface HomeTabs {
  /** Shows it to somebody who has just opened it, and keeps it current for them; resolves when that is durable. */
  opened(user: string): Promise<void>;
  /**
   * Shows it anew to those who had it open when the process before this one ended, and follows what changes from here on.
   * @param known resolves when it is known who may see which private incident by now, as far as Slack says.
   */
  start(known: Promise<void>): void;
  stop(): Promise<void>;
}

/**
 * One tab is drawn after the other, each as things are when its turn comes, so that many of them do not run into Slack's limit at once.
 * @param isUnknown of a private incident: whether nobody knows by now who is in it. It is shown to nobody until then.
 */
export function createHomeTabs(desk: Desk, isUnknown: (incident: string) => boolean): HomeTabs {
  const { clock, onError } = desk;
  const openings = openHomeOpenings(desk.journal, () => clock.now());
  const look = createReadinessLook(desk);
  const stopping = new AbortController();
  const { signal } = stopping;
  let stale: ReadonlySet<string> = new Set();
  let busy = false;
  let drawing: Promise<void> = Promise.resolve();
  let gathering: NodeJS.Timeout | undefined;
  let unsubscribe = (): void => undefined;

  function draw(users: readonly string[]): void {
    stale = new Set([...users, ...stale]);
    if (!busy) drawing = drawAll();
  }

  async function drawAll(): Promise<void> {
    busy = true;
    for (let [user] = stale; user !== undefined && !signal.aborted; [user] = stale) {
      const drawn = user;
      stale = new Set([...stale].filter((each) => each !== drawn));
      // The others are shown theirs all the same; this one sees it when something changes, or they open it again.
      await publish(drawn).catch((error: unknown) => (signal.aborted ? undefined : onError(error)));
    }
    busy = false;
  }

  async function publish(user: string): Promise<void> {
    const detail = {
      method: 'views.publish',
      attempted: 'show the home tab',
      on: user,
      repeatable: true,
    };
    const view = await viewFor(user);
    await callSlack(detail, { clock, signal, limits: desk.limits }, () =>
      desk.client.views.publish({ user_id: user, view }),
    );
  }

  async function viewFor(user: string) {
    const incidents = desk.loop
      .incidents()
      .filter((incident) => maySee(incident, user) && !isUnknown(incident.id));
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
    const services = (await servicesOf(user)).map((service) => ({
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
    return homeView({ incidents, user, mayApprove, services, drills });
  }

  /** The services that the person answers for, and those they follow. */
  async function servicesOf(user: string): Promise<readonly Service[]> {
    const followed = desk.subscriptions.followedBy(user);
    const pairs = desk.catalogue.services().map(async (service) => {
      const answers = (await desk.directory.membership(user, service.responders)) === 'yes';
      return answers || followed.includes(service.id) ? [service] : [];
    });
    return (await Promise.all(pairs)).flat();
  }

  /** Looks at the systems of their services; resolves with whether anything new was seen. */
  async function lookFor(users: readonly string[]): Promise<boolean> {
    const services = await Promise.all(users.map(servicesOf));
    return look.fresh([...new Set(services.flat())]);
  }

  /** The systems are looked at first, so that a tab which showed how they stand does not say meanwhile that nobody knows; a change does not wait for it. */
  async function resume(users: readonly string[], known: Promise<void>): Promise<void> {
    await Promise.all([known, lookFor(users).catch(onError)]);
    draw(openings.lately());
  }

  return {
    async opened(user) {
      draw([user]);
      // What it takes to look at every system is waited for by nobody.
      lookFor([user])
        .then((changed) => (changed ? draw([user]) : undefined))
        .catch(onError);
      await openings.opened(user).catch(onError);
    },
    start(known) {
      desk.subscriptions.onChange((user) => {
        if (openings.lately().includes(user)) draw([user]);
      });
      unsubscribe = desk.loop.subscribe(() => {
        gathering ??= setTimeout(() => {
          gathering = undefined;
          draw(openings.lately());
        }, GATHER_MS).unref();
      });
      void resume(openings.lately(), known);
    },
    async stop() {
      unsubscribe();
      clearTimeout(gathering);
      stopping.abort();
      await drawing;
    },
  };
}
