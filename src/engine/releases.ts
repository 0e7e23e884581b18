/**
 * Carries releases on: records what a capture covers, and decides what follows from runs and the clock. It keeps nothing
 * of its own, so it may stop at any instant and start again.
 */

import type { Component } from '../component.ts';
import { advanceRelease, needsRecord, recordPoint } from '../flows/release-life.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Loop } from '../loop.ts';
import { type CapturedPoint, type Pin, type ReleasePoint, settlesAt } from '../release.ts';
import { isRelease, type ReleaseCase } from '../release-state.ts';
import type { Catalogue } from '../service.ts';
import { type AlarmContext, keepAlarms } from './alarms.ts';
import { BACKSTOP } from './drive-run.ts';
import { readFlags } from './pinned-flags.ts';
import { pointName, uncovered } from './plan-release.ts';
import { readSignal } from './reads.ts';
import { hasVersions, keepsRestorePoints } from './targets.ts';

export interface ReleasesContext extends Omit<AlarmContext, 'signal'> {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
}

export interface Releases {
  start(): void;
  stop(): Promise<void>;
}

export function createReleases(context: ReleasesContext): Releases {
  const { loop, catalogue, clock } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  let unsubscribe = (): void => undefined;
  let ended: Promise<void> = Promise.resolve();

  /** At once when something follows now, else when it has settled. */
  function soonest(incident: Incident): number {
    if (!isRelease(incident) || !isOpen(incident)) return Number.POSITIVE_INFINITY;
    const now = clock.now();
    if (needsRecord(incident)) return now;
    const looked = { now, actor: BACKSTOP, incidents: loop.incidents() };
    if (advanceRelease()(incident, looked).length > 0) return now;
    const end = settlesAt(incident.release) ?? now;
    return end > now ? end : Number.POSITIVE_INFINITY;
  }

  async function meet(id: string): Promise<number> {
    const incident = loop.incident(id);
    if (!incident || !isRelease(incident)) return Number.POSITIVE_INFINITY;
    if (needsRecord(incident)) {
      const { components } = await catalogue.systems(incident.service, incident.environment);
      const point = await readPoint(incident, components, signal);
      await loop.decide(id, BACKSTOP, recordPoint(point));
    }
    await loop.decide(id, BACKSTOP, advanceRelease());
    return soonest(loop.incident(id) ?? incident);
  }

  return {
    start() {
      const alarms = keepAlarms({ ...context, signal }, soonest, meet);
      ended = alarms.ended;
      const look = (changed: Incident): void => {
        if (isRelease(changed)) alarms.look(changed);
      };
      unsubscribe = loop.subscribe((incident, { type }) => {
        look(incident);
        // A run of an incident may have rolled a release back.
        if (type === 'run.finished') for (const each of loop.incidents()) look(each);
      });
      for (const incident of loop.incidents()) look(incident);
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await ended;
    },
  };
}

/** What can be gone back to now that everything was captured, as the systems themselves show it. Reads only. */
async function readPoint(
  incident: ReleaseCase,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<ReleasePoint> {
  const limited = readSignal(signal);
  const name = pointName(incident);
  const [pins, found, { flags, notCovered }] = await Promise.all([
    Promise.all(
      components.filter(hasVersions).map(async ({ id, title, versions }): Promise<Pin> => {
        const live = await versions.live(limited);
        return { component: id, title, version: { id: live.id, label: live.label } };
      }),
    ),
    Promise.all(
      components
        .filter(keepsRestorePoints)
        .map(async ({ id, title, restorePoints }): Promise<CapturedPoint | string> => {
          const points = await restorePoints.list(limited);
          // A system that lets nobody name its backups shows the one taken just now as its newest.
          const point =
            points.find((each) => each.label === name || each.id === name) ??
            points.find(({ capturedAt }) => capturedAt >= incident.declaredAt);
          if (!point) return `Not covered: ${title}, which shows no restore point of this release.`;
          const { id: pointId, label, capturedAt } = point;
          return { component: id, title, point: { id: pointId, label, capturedAt } };
        }),
    ),
    readFlags(components, signal),
  ]);
  return {
    pins,
    points: found.filter((each) => typeof each !== 'string'),
    ...(flags.length > 0 ? { flags } : {}),
    notCovered: [
      ...found.filter((each) => typeof each === 'string'),
      ...notCovered,
      ...uncovered(components),
    ],
  };
}
