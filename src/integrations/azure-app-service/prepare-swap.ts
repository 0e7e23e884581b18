import {
  applySlotConfigurationSlot,
  resetSlotConfigurationSlot,
} from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Change,
  type Handle,
  type Intent,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  recoverByLooking,
} from '../../operation.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass } from '../checks.ts';
import type { Arm } from './client.ts';
import { readDifferences } from './differences.ts';
import { checkSwap } from './preflight.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { fingerprintOf, PRODUCTION, readSlots, releaseIn, type Slots } from './slots.ts';
import { labelOf, swapInput } from './swap-input.ts';
import { createSwapSlots } from './swap-slots.ts';
import { askSlot } from './warm-up.ts';

export const PREPARE_SWAP = 'prepare-swap';
export const COMPLETE_SWAP = 'complete-swap';
export const CANCEL_SWAP = 'cancel-swap';

const LIMIT_MS = 20 * 60_000;
const LONGEST_SUBMIT_MS = 30_000;

const PhaseHandle = z.object({ input: z.json() });

/**
 * Phase one of a swap with preview: the slot is restarted with the settings that production keeps to itself, and people see
 * the release run with them. Production stays as it is.
 */
export function createPrepareSwap(arm: Arm, settings: AzureAppServiceSettings): Operation {
  const { app, slot } = arm;
  return {
    ...phase(arm, settings, {
      wanted: slot,
      attempted: 'prepare the slot for the swap',
      send: (o) => applySlotConfigurationSlot(arm.context, arm.group, app, slot, TARGET, o),
      ready: (slots, signal) => answers(slots, settings, signal),
    }),
    title: (input) =>
      `Prepare slot ${slot} of ${app}: ${labelOf(swapInput(input).release)} runs there with production's settings`,
    async describe(input, signal): Promise<readonly Change[]> {
      const label = labelOf(swapInput(input).release);
      const differences = await readDifferences(arm, settings, signal).catch((error: unknown) => {
        // The preflight check on settings says that they could not be compared, and why.
        if (error instanceof OutsideError) return [];
        throw error;
      });
      return [
        {
          what: `${app} slot ${slot}`,
          from: `${label} with the settings of ${slot}`,
          to: `${label} started anew with those of production, which stays as it is`,
        },
        ...differences
          .filter(({ isSticky }) => isSticky)
          .map(({ name }) => ({
            what: `setting ${name} that ${label} will see`,
            from: `the value of ${slot}`,
            to: 'the value of production (it stays with its slot)',
          })),
      ];
    },
    preflight: (input, signal) => checkSwap(arm, settings, swapInput(input), signal),
    undo: (input) => ({ operation: CANCEL_SWAP, input }),
    manual(input) {
      const { release } = swapInput(input);
      return `az webapp deployment slot swap ${whereOf(arm)} --slot ${slot} --target-slot production --action preview starts ${labelOf(release)} in ${slot} with production's settings; in the portal: App Services > ${app} > Deployment slots > Swap, with "Perform swap with preview" on. Look at the slot before the swap is completed.`;
    },
  };
}

/** Phase two: the slots change places. A second person has looked at the prepared slot, and says so right before. */
export function createCompleteSwap(arm: Arm, settings: AzureAppServiceSettings): Operation {
  const swap = createSwapSlots(arm, settings);
  return {
    ...swap,
    asksAgain: true,
    title: (input) =>
      `Complete the swap of ${arm.app}: ${labelOf(swapInput(input).release)} goes live, once somebody has seen it in ${arm.slot}`,
    async preflight(input, signal) {
      swapInput(input);
      signal.throwIfAborted();
      return [pass('The slot was prepared before', 'The step before this one checks and does it.')];
    },
  };
}

/** Gives a slot that was prepared for a swap its own settings back; nothing was swapped. */
export function createCancelSwap(arm: Arm, settings: AzureAppServiceSettings): Operation {
  const { app, slot } = arm;
  return {
    ...phase(arm, settings, {
      wanted: undefined,
      attempted: 'cancel the swap with preview',
      send: (o) => resetSlotConfigurationSlot(arm.context, arm.group, app, slot, o),
      ready: async () => undefined,
    }),
    title: () => `Cancel the swap with preview of ${app}`,
    async describe(input, signal) {
      swapInput(input);
      const { prepared } = await readSlots(arm, settings, signal);
      const own = 'its own settings';
      const from = prepared === undefined ? own : 'started with the settings of production';
      return [{ what: `${app} slot ${slot}`, from, to: own }];
    },
    async preflight(input, signal) {
      swapInput(input);
      const { operation } = await readSlots(arm, settings, signal);
      const name = 'Nothing else is under way';
      return [
        operation === undefined
          ? pass(name, 'No operation is changing the app.')
          : fail(name, 'Another operation is changing the app; wait until it has ended.'),
      ];
    },
    manual(input) {
      swapInput(input);
      return `az webapp deployment slot swap ${whereOf(arm)} --slot ${slot} --target-slot production --action reset gives ${slot} its own settings back; in the portal: App Services > ${app} > Deployment slots > Swap > Cancel Swap. Nothing was swapped before that.`;
    },
  };
}

const TARGET = { targetSlot: PRODUCTION, preserveVnet: true } as const;

interface PhaseOf {
  /** The slot that is prepared afterwards; none when undefined. */
  readonly wanted: string | undefined;
  readonly attempted: string;
  readonly send: (options: Parameters<Parameters<Arm['change']>[1]>[0]) => Promise<unknown>;
  /** What is still waited for once it is so. */
  readonly ready: (slots: Slots, signal: AbortSignal) => Promise<string | undefined>;
}

/** What the two calls around a preview have in common: which slot is prepared is all they change. */
function phase(
  arm: Arm,
  settings: AzureAppServiceSettings,
  { wanted, attempted, send, ready }: PhaseOf,
) {
  const words = (prepared: string | undefined): string => `prepared=${prepared ?? 'none'}`;

  async function look(input: Json, signal: AbortSignal): Promise<Observation & { slots: Slots }> {
    const { release } = swapInput(input);
    const slots = await readSlots(arm, settings, signal);
    const production = releaseIn(slots.production, arm, settings);
    const other = releaseIn(slots.other, arm, settings);
    const held = fingerprintOf(production, arm.slot, other);
    const fingerprint = `${held} ${words(slots.prepared)}`;
    const isLive = production.id === release && wanted !== undefined;
    return {
      slots,
      fingerprint,
      // With the release live already there is nothing to prepare.
      expected: isLive ? fingerprint : `${held} ${words(wanted)}`,
      moving: slots.operation !== undefined,
      note: `${production.label} in production and ${other.label} in ${arm.slot}, ${
        slots.prepared === undefined ? 'not prepared for a swap' : 'prepared for a swap'
      }`,
    };
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { slots: _slots, ...seen } = await look(input, signal);
    return seen;
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
    observe,
    async submit(input: Json, intent: Intent, signal: AbortSignal): Promise<Handle> {
      swapInput(input);
      await arm.change(attempted, send, {
        requestId: requestIdOf(intent.key),
        timeoutMs: Math.min(LONGEST_SUBMIT_MS, settings.quietSeconds * 1000),
        signal,
      });
      return { input };
    },
    async poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
      const { slots } = await look(PhaseHandle.parse(handle).input as Json, signal);
      if (slots.prepared !== wanted) {
        return { state: 'running', note: 'Azure does not show it yet.' };
      }
      const waiting = await ready(slots, signal);
      return waiting === undefined ? { state: 'succeeded' } : { state: 'running', note: waiting };
    },
    async recover(input: Json, intent: Intent, _handle: Handle | undefined, signal: AbortSignal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
  } as const satisfies Partial<Operation>;
}

/** Why the prepared slot is not ready to be looked at. Where it cannot be asked from here, people see for themselves. */
async function answers(
  { other }: Slots,
  { slotUrl }: AzureAppServiceSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = slotUrl ?? (other.hostName && `https://${other.hostName}/`);
  if (!url) return undefined;
  const warm = await askSlot(url, signal);
  return 'status' in warm && warm.status >= 500
    ? `${warm.where} answered ${warm.status} with production's settings.`
    : undefined;
}

function whereOf(arm: Arm): string {
  return `--subscription ${arm.subscription} --resource-group ${arm.group} --name ${arm.app}`;
}
