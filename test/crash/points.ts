/** The points at which a process can be killed: around each commit to its journal, and around each call it makes. */

import type { Cloud } from '../../src/sandbox/cloud/index.ts';
import type { Stage } from '../../src/sandbox/stage.ts';
import type { CommitPoint } from './kill-at-commit.ts';

/** Around the n-th call of a name: before it takes effect, or when it has and the answer is not yet sent. */
export interface CallPoint {
  readonly system: 'slack' | 'azure' | 'github' | 'shop';
  readonly call: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

export type Point =
  | ({ readonly kind: 'commit' } & CommitPoint)
  | ({ readonly kind: 'call' } & CallPoint);

/** What a whole run did, from which its points follow. */
export interface Observed {
  readonly commits: readonly (readonly string[])[];
  readonly calls: readonly {
    readonly system: CallPoint['system'];
    readonly call: string;
    readonly changes: boolean;
  }[];
}

export function nameOf(point: Point): string {
  return point.kind === 'commit'
    ? `${point.when} the commit of ${point.event} ${point.nth}`
    : `${point.when} ${point.system} ${point.call} ${point.nth}`;
}

/** Slack's methods that only read. */
const READS =
  /^(auth\.test|apps\.connections\.open|users\.|usergroups\.|conversations\.(info|list|history|members))/;

/** How long Slack keeps an answer back; the process is dead by then. */
const HELD_MS = 150;
const LOOK_MS = 3;

export function observed(stage: Stage, commits: Observed['commits']): Observed {
  const slack = stage.workspace.calls.map(({ method }) => ({
    system: 'slack' as const,
    call: method,
    changes: !READS.test(method),
  }));
  const cloud = stage.cloud.exchanges.filter(isOurs).map((one) => ({
    system: one.service as CallPoint['system'],
    call: one.call,
    changes: one.mutating,
  }));
  return { commits, calls: [...slack, ...cloud] };
}

/** Every point of a run, in the order of the run. Dying before and after a call that only reads is the same. */
export function pointsOf({ commits, calls }: Observed): readonly Point[] {
  const points: Point[] = [];
  const events = new Map<string, number>();
  for (const types of commits) {
    const [event] = types;
    if (event !== undefined) {
      const nth = (events.get(event) ?? 0) + 1;
      for (const when of ['before', 'after'] as const) {
        points.push({ kind: 'commit', event, nth, when });
      }
    }
    for (const type of types) events.set(type, (events.get(type) ?? 0) + 1);
  }
  const named = new Map<string, number>();
  for (const { system, call, changes } of calls) {
    const key = `${system} ${call}`;
    const nth = (named.get(key) ?? 0) + 1;
    named.set(key, nth);
    points.push({ kind: 'call', system, call, nth, when: 'before' });
    if (changes) points.push({ kind: 'call', system, call, nth, when: 'after' });
  }
  return points;
}

/** Arms the outside to kill around a call; returns what disarms it. */
export function killAtCall(stage: Stage, point: CallPoint, kill: () => void): () => void {
  if (point.system === 'slack') return killAtMethod(stage, point, kill);
  if (point.system === 'shop') return killAtRead(stage.cloud, point, kill);
  const faults = stage.cloud.faults[point.system];
  faults.add({
    on: point.call,
    fault: { kind: 'hang', when: point.when },
    skip: point.nth - 1,
  });
  return watch(() => stage.cloud.exchanges.some(({ outcome }) => outcome === 'hung'), kill);
}

function killAtMethod({ workspace }: Stage, point: CallPoint, kill: () => void): () => void {
  const { faults } = workspace;
  const fault = point.when === 'before' ? { hang: HELD_MS } : { delay: HELD_MS };
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;
  const injected = faults.onMethod(point.call, fault, {
    times: 1,
    when: () => {
      seen += 1;
      if (seen !== point.nth) return false;
      // By then it has taken effect, where it is to.
      timer = setTimeout(kill, HELD_MS / 3);
      return true;
    },
  });
  return () => {
    clearTimeout(timer);
    injected.remove();
  };
}

/** The shop has other visitors too; what it is asked changes nothing, so the process is killed when it has asked. */
function killAtRead(cloud: Cloud, { call, nth }: CallPoint, kill: () => void): () => void {
  return watch(() => {
    const asked = cloud.exchanges.filter((one) => one.service === 'shop' && one.call === call);
    return asked.filter(isOurs).length >= nth;
  }, kill);
}

function watch(happened: () => boolean, kill: () => void): () => void {
  const timer = setInterval(() => {
    if (!happened()) return;
    clearInterval(timer);
    kill();
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function isOurs({ service, headers }: Cloud['exchanges'][number]): boolean {
  return service !== 'shop' || (headers['user-agent'] ?? '').startsWith('backstop');
}
