/** Writes down what the bot asks of the stage, and kills it around the call it is told to. */

import type { Exchange } from '../../src/sandbox/cloud/index.ts';
import type { Stage } from '../../src/sandbox/stage.ts';
import { instant } from './instant.ts';
import type { CallPoint, Happening } from './points.ts';

/** Slack's methods that only read. */
const READS =
  /^(auth\.test|apps\.connections\.open|users\.|usergroups\.|conversations\.(info|list|history|members|replies)|bookmarks\.list|pins\.list)/;

/** How long an answer of Slack is kept back; the process is dead by then. */
const HELD_MS = 90;
const TAKES_EFFECT_MS = 30;
const LOOK_MS = 2;

/** Every call of the bot from now on. To be read when all is over: only then is it known which of them changed something. */
export function watchCalls({ workspace, cloud }: Stage): () => readonly Happening[] {
  const slack: (Happening & { readonly kind: 'call' })[] = [];
  const others: { readonly exchange: Exchange; readonly at: number }[] = [];
  onPush(workspace.calls, ({ method, applied }) => {
    const changes = applied && !READS.test(method);
    slack.push({ kind: 'call', system: 'slack', call: method, changes, at: instant() });
  });
  onPush(cloud.exchanges, (exchange) => {
    if (isOurs(exchange)) others.push({ exchange, at: instant() });
  });
  return () => [
    ...slack,
    ...others.map(({ exchange: { service, call, applied }, at }) => ({
      kind: 'call' as const,
      system: service,
      call,
      changes: applied,
      at,
    })),
  ];
}

/** Arms the outside to kill around a call; returns what disarms it. */
export function killAtCall(stage: Stage, point: CallPoint, kill: () => void): () => void {
  return point.system === 'slack'
    ? killAtMethod(stage, point, kill)
    : killAtExchange(stage, point, kill);
}

function killAtMethod({ workspace }: Stage, point: CallPoint, kill: () => void): () => void {
  const isBefore = point.when === 'before';
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;
  const fault = isBefore ? { hang: HELD_MS } : { delay: HELD_MS };
  const injected = workspace.faults.onMethod(point.call, fault, {
    times: 1,
    when: () => {
      seen += 1;
      if (seen !== point.nth) return false;
      if (isBefore) kill();
      else timer = setTimeout(kill, TAKES_EFFECT_MS);
      return true;
    },
  });
  return () => {
    clearTimeout(timer);
    injected.remove();
  };
}

function killAtExchange(
  { cloud, flags }: Stage,
  { system, call, nth, when }: CallPoint,
  kill: () => void,
): () => void {
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;
  // The shop has other visitors too; what it is asked changes nothing, so that its answer does not matter.
  if (system !== 'shop') {
    const own = Object.entries(cloud.faults).find(([name]) => name === system)?.[1];
    const faults = system === 'launchdarkly' ? flags?.faults : own;
    if (typeof faults !== 'object') throw new Error(`The cloud has no ${system}.`);
    faults.add({ on: call, fault: { kind: 'hang', when }, skip: nth - 1 });
  }
  onPush(cloud.exchanges, (exchange) => {
    if (exchange.service !== system || exchange.call !== call || !isOurs(exchange)) return;
    seen += 1;
    if (seen !== nth) return;
    if (when === 'before') {
      kill();
      return;
    }
    timer = setInterval(() => {
      if (exchange.outcome !== 'hung') return;
      clearInterval(timer);
      kill();
    }, LOOK_MS);
  });
  return () => clearInterval(timer);
}

function isOurs({ service, headers }: Exchange): boolean {
  return service !== 'shop' || (headers['user-agent'] ?? '').startsWith('backstop');
}

/** Tells of each thing that is put into a list. */
function onPush<T>(list: readonly T[], tell: (item: T) => void): void {
  const target = list as T[];
  const push = target.push.bind(target);
  target.push = (...items) => {
    for (const item of items) tell(item);
    return push(...items);
  };
}
