/** Feature flags in a plan: each with the state that it is found in, so that it can be put back. */

import type { Component, Switches } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Plan } from '../plan.ts';
import type { Part } from './plan-graph.ts';
import { readSignal } from './reads.ts';

interface Switchable extends Component {
  readonly switches: Switches;
}

/** A switch by its name, and the state it is to have; the one that relieves unless given. */
interface WantedSwitch {
  readonly name: string;
  readonly to?: string;
}

/** The wish without the switches that it names among what goes back: `with content,new-checkout=off`. */
export function apart(
  { restore = [], switches = [], ...rest }: PlanWish,
  components: readonly Component[],
): { readonly wish: PlanWish; readonly switches: readonly WantedSwitch[] } {
  const isSwitch = ({ component: name }: { readonly component: string }): boolean =>
    !components.some(({ id }) => id === name) &&
    components.some((component) => component.switches?.names.includes(name));
  const others = restore.filter((each) => !isSwitch(each));
  return {
    wish: { ...rest, ...(others.length > 0 ? { restore: others } : {}) },
    switches: [
      ...switches,
      ...restore
        .filter(isSwitch)
        .map(({ component: name, point }) => ({ name, ...(point ? { to: point } : {}) })),
    ],
  };
}

/**
 * The part of a plan that sets a switch; flags come before everything else, for they relieve at once.
 * @throws Refusal when there is no such switch or state, or it has that state already.
 */
export async function switchPart(
  components: readonly Component[],
  wanted: WantedSwitch,
  signal: AbortSignal,
): Promise<Part> {
  const { name } = wanted;
  const component = requireSwitch(components, name);
  const { switches } = component;
  const { to = switches.states[0] ?? '' } = wanted;
  if (!switches.states.includes(to)) {
    throw new Refusal(
      'invalid-input',
      `${name} can be ${switches.states.join(' or ')}, not “${to}”.`,
      'what',
    );
  }
  const from = await switches.read(name, readSignal(signal));
  if (from === to) throw new Refusal('already-done', `${name} is ${to} already.`, 'what');
  return {
    component,
    calls: [switches.set(name, to, from)],
    title: `Switch ${name} ${to}`,
    phase: 'beforehand',
    id: `${component.id}.${name}`,
  };
}

/** The parts that take back what an earlier plan set. */
export function flagsBack(earlier: Plan, components: readonly Component[]): readonly Part[] {
  return earlier.steps.flatMap(({ id, component: of, call, title }): readonly Part[] => {
    const component = components.filter(hasSwitches).find((each) => each.id === of);
    const back = component?.operations[call.operation]?.undo?.(call.input);
    if (!component || !back) return [];
    return [{ component, calls: [back], title: `Take back: ${title}`, phase: 'beforehand', id }];
  });
}

export function hasSwitches(component: Component): component is Switchable {
  return component.switches !== undefined;
}

function requireSwitch(components: readonly Component[], name: string): Switchable {
  const able = components.filter(hasSwitches);
  const found = able.filter(({ switches }) => switches.names.includes(name));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (found.length > 1) {
    throw new Refusal(
      'not-possible',
      `${found.map(({ id }) => id).join(' and ')} both have a flag ${name} in backstop.yaml; give one of them another name.`,
      'what',
    );
  }
  const known = able.flatMap(({ switches }) => switches.names).join(', ') || 'none';
  throw new Refusal(
    'not-found',
    `No flag ${name} is in backstop.yaml here. There are: ${known}.`,
    'what',
  );
}
