/** What people decide about a coordinated release. */

import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun, type Incident, isOpen, proposalOf } from '../incident.ts';
import type { DeclareFlow, Flow } from '../loop.ts';
import { hashPlan, verifyOnly } from '../plan.ts';
import { CHECKLIST, type ReleaseAnnouncement, type ReleasePart } from '../release.ts';
import { isRelease, type ReleaseCase, releaseState } from '../release-state.ts';
import type { Service } from '../service.ts';
import { theirWords } from '../words.ts';
import { requireNoBlockers, startRun } from './approve.ts';
import { clockTime, requireCommander, requireFree, requireOpen, requireReason } from './guards.ts';

export const VERSION_LIMIT = 60;
export const WORDS_LIMIT = 200;
export const CHANGES_LIMIT = 1500;

/** Guide 004 watches for two days: "Long-term Validation (24-48 hours)". Milliseconds. */
const USUAL_SETTLE_MS = 48 * 3_600_000;

export interface ReleaseWish extends ReleaseAnnouncement {
  readonly service: Service | undefined;
  readonly environment: string;
}

/** Announces a release, and calls for the plan that captures its restore point. Whoever asks is its owner. */
export function prepareRelease(wish: ReleaseWish): DeclareFlow {
  return (id, { actor, incidents }): readonly Event[] => {
    const { service, environment, plannedAt } = wish;
    if (actor.kind !== 'person') {
      throw new Refusal('forbidden', 'Only a person can own a release. Use `/release` in Slack.');
    }
    if (!service) {
      throw new Refusal('not-found', 'Name one of the services in backstop.yaml.', 'version');
    }
    const policy = Object.hasOwn(service.environments, environment)
      ? service.environments[environment]
      : undefined;
    if (!policy) {
      const known = Object.keys(service.environments).join(', ');
      const text = `Choose one of the environments of ${service.name}: ${known}.`;
      throw new Refusal('not-found', text, 'environment');
    }
    requireAlone(service.id, environment, incidents);
    const { settle = USUAL_SETTLE_MS, contentGroup } = policy.release ?? {};
    const data = {
      id,
      service: service.id,
      environment,
      owner: actor.id,
      version: requireWords(wish.version, 'version', VERSION_LIMIT),
      plannedAt,
      takes: requireWords(wish.takes, 'takes', WORDS_LIMIT),
      impact: requireWords(wish.impact, 'impact', WORDS_LIMIT),
      changes: requireWords(wish.changes, 'changes', CHANGES_LIMIT),
      settle,
      ...(contentGroup === undefined ? {} : { contentGroup }),
    };
    return [
      { type: 'release.prepared', data },
      { type: 'plan.wanted', data: { kind: 'release', part: 'prepare' } },
    ];
  };
}

/** Ticks an item of the checklist; who and when is kept. */
export function tickItem(item: string): Flow {
  return (incident): readonly Event[] => {
    const { release } = requireRelease(incident);
    const found = CHECKLIST.find(({ id }) => id === item);
    if (!found) throw new Refusal('not-found', 'There is no such item. Use those on the list.');
    const given = release.ticks[item];
    if (given) {
      const by = given.by.kind === 'person' ? `<@${given.by.id}>` : 'Backstop';
      throw new Refusal('already-done', `“${found.text}” was ticked by ${by}; nothing changed.`);
    }
    return [{ type: 'release.ticked', data: { item } }];
  };
}

/** The owner starts a plan of the release. One with a step that cannot be taken back needs an approval instead. */
export function startRelease(plan: string): Flow {
  return (incident, context): readonly Event[] => {
    requireRelease(incident);
    requireCommander(incident, context.actor, 'start it');
    const proposal = proposalOf(incident, plan);
    if (proposal?.state !== 'shown' || proposal.plan.kind !== 'release') {
      throw new Refusal(
        'out-of-date',
        'This plan is not waiting any more. Look at its newest one.',
      );
    }
    requireNoBlockers(proposal);
    if (proposal.plan.steps.some(({ effect }) => effect === 'destructive')) {
      throw new Refusal(
        'forbidden',
        'A step of this plan cannot be taken back, so it needs an approval. Press *Request approval*.',
      );
    }
    const { hash } = proposal.plan;
    return [
      { type: 'approval.given', data: { plan, hash } },
      ...startRun(incident, proposal, context),
    ];
  };
}

/** Asks for a part of the release to be planned, again or at all. */
export function planPart(part: ReleasePart): Flow {
  return (incident): readonly Event[] => {
    requireRelease(incident);
    const run = activeRun(incident);
    if (run) {
      throw new Refusal(
        'not-possible',
        `${run.id} has been at work here since ${clockTime(run.startedAt)}. Wait for it to end.`,
      );
    }
    if (incident.planWanted) {
      throw new Refusal('already-done', 'A plan is being made already. Wait a moment for it.');
    }
    return [{ type: 'plan.wanted', data: { kind: 'release', part } }];
  };
}

/** Somebody says that the release is deployed; its probes are read at once. Said again after trouble, they are read again. */
export function releaseIsOut(): Flow {
  return (incident, { now, incidents }): readonly Event[] => {
    const state = releaseState(requireRelease(incident));
    if (state === 'preparing') {
      throw new Refusal(
        'not-possible',
        'Its restore point is not captured yet, so it could not be rolled back. Start the plan first.',
      );
    }
    if (state !== 'ready' && state !== 'troubled') {
      throw new Refusal('already-done', `${incident.id} is ${state} already; nothing was changed.`);
    }
    const { service, environment } = incident;
    requireFree(service, environment, incidents, 'Press it again when that has ended.');
    const title = `Verify ${incident.title} in ${environment}`;
    const content = { ...verifyOnly(service, environment), title };
    const hash = hashPlan(content);
    const plan = `${incident.id}-P${incident.proposals.length + 1}`;
    const run = `${incident.id}-R${incident.runs.length + 1}`;
    return [
      { type: 'release.out', data: { run } },
      { type: 'plan.proposed', data: { plan: { ...content, id: plan, hash, madeAt: now } } },
      { type: 'run.started', data: { run, plan, hash } },
    ];
  };
}

/** The owner gives the release up before it is out; what is held is released and its restore point deleted. */
export function callOff(reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const { release } = requireRelease(incident);
    requireCommander(incident, actor, 'call it off');
    if (release.out) {
      throw new Refusal(
        'not-possible',
        `${incident.id} is out already. To take it back, use \`/rollback\`.`,
      );
    }
    const run = activeRun(incident);
    if (run) {
      throw new Refusal('not-possible', `${run.id} is at work; cancel it first, or wait for it.`);
    }
    if (release.calledOff) {
      throw new Refusal('already-done', `${incident.id} is called off already; nothing changed.`);
    }
    return [{ type: 'release.called-off', data: { reason: requireReason(reason) } }];
  };
}

function requireRelease(incident: Incident): ReleaseCase {
  requireOpen(incident);
  if (isRelease(incident)) return incident;
  throw new Refusal(
    'not-found',
    `${incident.id} is not a release. Use \`/release\` to prepare one.`,
  );
}

/** One release at a time is prepared for an environment. */
function requireAlone(service: string, environment: string, incidents: readonly Incident[]): void {
  const other = incidents
    .filter(isRelease)
    .find(
      (each) =>
        each.service === service &&
        each.environment === environment &&
        isOpen(each) &&
        ['preparing', 'ready', 'out'].includes(releaseState(each)),
    );
  if (!other) return;
  throw new Refusal(
    'not-possible',
    `${other.id} (${theirWords(other.title)}) is under way there. Call that one off, or wait until it is verified.`,
    'version',
  );
}

function requireWords(words: string, field: string, limit: number): string {
  const text = words.trim();
  if (text === '') throw new Refusal('invalid-input', 'Say it in a few words.', field);
  if (text.length > limit) {
    throw new Refusal('invalid-input', `Keep it under ${limit} characters.`, field);
  }
  return text;
}
