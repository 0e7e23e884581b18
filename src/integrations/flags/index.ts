/** What flag services share: the switches of a component, and the one operation that sets a flag. */

import { z } from 'zod';
import type { Component, DoctorFinding } from '../../component.ts';
import {
  type Change,
  type Check,
  type Intent,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { finding, passed, warned } from '../finding.ts';

export const SET_SWITCH = 'set-switch';

/** A flag's name in `backstop.yaml` and in its service. */
export const FlagName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be the key of a flag, such as new-checkout');

const SwitchInput = z.strictObject({ name: z.string(), to: z.string(), from: z.string() });

/** A flag as it was read. */
export interface Flag {
  /** `on`, `off`, or a word of the service for what is neither: `archived`. */
  readonly state: string;
  /** What people get in a state, where the service knows: `serves false`. */
  readonly serves?: (state: string) => string;
}

/** A flag service, for one component. */
export interface FlagService {
  readonly kind: string;
  readonly title: string;
  readonly names: readonly string[];
  /** How soon those who ask for flags have it, in words; the operation itself is done at once. */
  readonly reachesWithin: string;
  read(name: string, signal: AbortSignal): Promise<Flag>;
  /** Sends the one change. */
  write(name: string, to: 'on' | 'off', intent: Intent, signal: AbortSignal): Promise<void>;
  manual(name: string, to: string): string;
  doctor(signal: AbortSignal): Promise<readonly DoctorFinding[]>;
}

/** One look of the doctor for each flag: whether it can be read, and be switched. */
export function examineFlags(
  names: readonly string[],
  read: FlagService['read'],
  signal: AbortSignal,
): readonly Promise<DoctorFinding>[] {
  return names.map((name) =>
    finding(`flag ${name}`, 'fail', async () => {
      const { state } = await read(name, signal);
      return state === 'on' || state === 'off'
        ? passed(`it is ${state}`)
        : warned(`it is ${state}`, 'Take it out of backstop.yaml, or bring it back.');
    }),
  );
}

const QUIET_MS = 10_000;

/** The component of a flag service. */
export function createFlagComponent(id: string, service: FlagService): Component {
  return {
    id,
    kind: service.kind,
    title: service.title,
    switches: {
      names: service.names,
      states: ['off', 'on'],
      read: async (name, signal) => (await service.read(name, signal)).state,
      set: (name, to, from) => ({ operation: SET_SWITCH, input: { name, to, from } }),
    },
    operations: { [SET_SWITCH]: createSetSwitch(service) },
    doctor: (signal) => service.doctor(signal),
  };
}

function createSetSwitch(service: FlagService): Operation {
  const parse = (input: Json) => SwitchInput.parse(input);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { name, to } = parse(input);
    const { state } = await service.read(name, signal);
    return { fingerprint: state, expected: to, moving: false, note: `${name} ${state}` };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: 2 * 60_000,
    usualMs: 2_000,
    pollMs: 1_000,
    title(input) {
      const { name, to } = parse(input);
      return `Switch ${name} ${to}`;
    },
    observe,
    async describe(input, signal): Promise<readonly Change[]> {
      const { name, to } = parse(input);
      const flag = await service.read(name, signal);
      const words = (state: string): string =>
        flag.serves ? `${state} (${flag.serves(state)})` : state;
      return [
        { what: `flag ${name} of ${service.title}`, from: words(flag.state), to: words(to) },
        {
          what: `what clients that ask for ${name} get`,
          from: words(flag.state),
          to: `${words(to)}, within ${service.reachesWithin}`,
        },
      ];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      const { name } = parse(input);
      const { state } = await service.read(name, signal);
      const isFlag = state === 'on' || state === 'off';
      return [
        {
          name: `flag ${name}`,
          verdict: isFlag ? 'pass' : 'fail',
          reason: isFlag ? `it is ${state}` : `it is ${state}, and cannot be switched`,
          blocking: true,
        },
      ];
    },
    async submit(input, intent, signal) {
      const { name, to } = parse(input);
      await service.write(name, to === 'on' ? 'on' : 'off', intent, signal);
      return { name, to };
    },
    async poll(handle, signal) {
      const { name, to } = z.object({ name: z.string(), to: z.string() }).parse(handle);
      const { state } = await service.read(name, signal);
      return state === to
        ? { state: 'succeeded' }
        : { state: 'failed', reason: `${name} is ${state} again: somebody else set it.` };
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    undo(input) {
      const { name, to, from } = parse(input);
      return { operation: SET_SWITCH, input: { name, to: from, from: to } };
    },
    manual(input) {
      const { name, to } = parse(input);
      return service.manual(name, to);
    },
  };
}
