import { swapSlot } from '@azure/arm-appservice/api/webApps';
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
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { findRequest } from './activity-log.ts';
import { afterSwap, readMigrations, recoveredAfterSwap } from './app-migrations.ts';
import type { Arm } from './client.ts';
import { readDifferences } from './differences.ts';
import { SYSTEM } from './errors.ts';
import { type Followed, followAgain, followSwap } from './follow-swap.ts';
import { manualSwap } from './manual.ts';
import { checkSwap } from './preflight.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { fingerprintOf, PRODUCTION, readSlots, releaseIn, type Slots } from './slots.ts';
import { SWAP_SLOTS, swapInput } from './swap-input.ts';

/** Azure gives a swap up after half an hour. */
const LIMIT_MS = 30 * 60_000;
/** What a swap takes beyond the start of the app. */
const OVERHEAD_MS = 60_000;
const LONGEST_SUBMIT_MS = 30_000;

/** The operation's address, and what the swap was to change, so that any process can follow it. */
const SwapHandle = z.object({
  operation: z.string().nullable(),
  before: z.string(),
  expected: z.string(),
});

/**
 * Exchanges production with the slot beside it. A toggle: sent twice it undoes itself, so it is sent only after what the
 * slots hold has been looked at. Production is the target, which makes Azure warm the slot up first.
 */
export function createSwapSlots(arm: Arm, settings: AzureAppServiceSettings): Operation {
  const quietMs = settings.quietSeconds * 1000;

  async function look(input: Json, signal: AbortSignal): Promise<Observation & { slots: Slots }> {
    const { release } = swapInput(input);
    const slots = await readSlots(arm, settings, signal);
    const production = releaseIn(slots.production, arm, settings);
    const other = releaseIn(slots.other, arm, settings);
    const fingerprint = fingerprintOf(production, arm.slot, other);
    const held = `${production.label} in production and ${other.label} in ${arm.slot}`;
    return {
      slots,
      fingerprint,
      // With the wanted release live there is nothing left to do: a swap would take it away.
      expected:
        production.id === release ? fingerprint : fingerprintOf(other, arm.slot, production),
      moving: slots.operation !== undefined,
      note: slots.operation ? `${held}, with an operation in progress` : held,
    };
  }

  return {
    effect: 'toggle',
    guarantee: 'observable',
    quietMs,
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000 + OVERHEAD_MS,
    pollMs: settings.pollSeconds * 1000,

    async describe(input, signal): Promise<readonly Change[]> {
      swapInput(input);
      const [slots, differences] = await Promise.all([
        readSlots(arm, settings, signal),
        readDifferences(arm, settings, signal).catch((error: unknown) => {
          // The preflight check on settings says that they could not be compared, and why.
          if (error instanceof OutsideError) return [];
          throw error;
        }),
      ]);
      const live = releaseIn(slots.production, arm, settings).label;
      const next = releaseIn(slots.other, arm, settings).label;
      return [
        { what: `${arm.app} production`, from: live, to: next },
        { what: `${arm.app} slot ${arm.slot}`, from: next, to: live },
        ...differences.map((one) =>
          one.isSticky
            ? {
                what: `setting ${one.name} that ${next} will see`,
                from: `the value of ${arm.slot}`,
                to: 'the value of production (it stays with its slot)',
              }
            : {
                what: `setting ${one.name} in production`,
                from: `the value deployed with ${live}`,
                to: `the value deployed with ${next}`,
              },
        ),
      ];
    },

    async preflight(input, signal) {
      return checkSwap(arm, settings, swapInput(input), signal);
    },

    async observe(input, signal): Promise<Observation> {
      const { slots: _slots, ...observation } = await look(input, signal);
      return observation;
    },

    async submit(input, intent, signal): Promise<Handle> {
      swapInput(input);
      const target = { targetSlot: PRODUCTION, preserveVnet: true };
      const answer = await arm.change(
        'swap the slots',
        async (o) => {
          const poller = swapSlot(arm.context, arm.group, arm.app, arm.slot, target, o);
          // Only until it is accepted: the poller is a promise of the end, and reports one without an address to poll.
          await poller.submitted();
        },
        {
          requestId: requestIdOf(intent.key),
          timeoutMs: Math.min(LONGEST_SUBMIT_MS, quietMs),
          signal,
        },
      );
      const { before, expected } = intent;
      return { operation: answer?.operation ?? null, before, expected };
    },

    async poll(handle, signal): Promise<Progress> {
      const { operation, before, expected } = SwapHandle.parse(handle);
      const followed = await followSwap(arm, operation, signal);
      if (followed.state === 'running') {
        return { state: 'running', note: `Azure is starting ${arm.slot} before it swaps.` };
      }
      if (followed.state === 'failed') return followed;
      // "Ended" is Azure's word; what the slots hold decides.
      const slots = await readSlots(arm, settings, signal);
      const { release: live } = slots.production;
      const { release: other } = slots.other;
      const found = live && other && fingerprintOf(live, arm.slot, other);
      if (found === expected) {
        return settings.migrations
          ? afterSwap(await readMigrations(settings.migrations, signal))
          : { state: 'succeeded' };
      }
      if (slots.operation) return { state: 'running', note: 'Azure is swapping the slots.' };
      if (found !== undefined && found !== before) {
        const held = `${live?.label} in production and ${other?.label} in ${arm.slot}`;
        return { state: 'failed', reason: `After the swap there is ${held}; somebody changed it.` };
      }
      if (followed.state === 'ended') {
        return { state: 'running', note: 'Azure reports the end; the slots do not show it yet.' };
      }
      if (followed.state === 'untold') {
        return { state: 'running', note: 'Azure gave no address to follow; watching the slots.' };
      }
      throw unclear(arm);
    },

    async recover(input, intent, handle, signal): Promise<Recovery> {
      const given = handle === undefined ? undefined : SwapHandle.parse(handle);
      const followed = given && (await followAgain(arm, given.operation, signal));
      if (followed?.state === 'running') {
        return { state: 'in-flight', note: `Azure is starting ${arm.slot} before it swaps.` };
      }
      const seen = await look(input, signal);
      const judged = recoverByLooking(seen, intent);
      if (judged.state === 'done' && settings.migrations) {
        return recoveredAfterSwap(await readMigrations(settings.migrations, signal));
      }
      if (judged.state !== 'not-started') return judged;
      return recoverUnchanged(intent, seen.slots, followed, signal);
    },

    undo(input) {
      const { release, replaces } = swapInput(input);
      return { operation: SWAP_SLOTS, input: { release: replaces, replaces: release } };
    },

    manual: (input) => manualSwap(arm, settings, swapInput(input)),
  };

  /** The slots look as before the intent: was it never done, is it still to come, or was it done and taken back? */
  async function recoverUnchanged(
    intent: Intent,
    { lastSwap }: Slots,
    followed: Followed | undefined,
    signal: AbortSignal,
  ): Promise<Recovery> {
    if (lastSwap && lastSwap.at > intent.at) {
      const at = new Date(lastSwap.at).toISOString();
      const reason = `The slots look as before, but were swapped at ${at}: somebody may have swapped them back.`;
      return { state: 'diverged', reason };
    }
    if (followed?.state === 'failed') return { state: 'not-started' };
    if (followed?.state === 'ended') {
      const reason = 'Azure reports that the swap succeeded, but the slots look as before it.';
      return { state: 'unknown', reason };
    }
    switch (await logged(intent, signal)) {
      case 'failed':
        return { state: 'not-started' };
      case 'accepted':
        return { state: 'in-flight', note: "Azure's activity log shows the swap as accepted." };
      case 'succeeded': {
        const reason = "Azure's activity log shows the swap as done, but the slots look as before.";
        return { state: 'unknown', reason };
      }
      case 'nothing':
        if (!followed) return { state: 'not-started' };
        return followed.state === 'untold'
          ? { state: 'in-flight', note: 'Azure accepted the swap and gave no address to follow.' }
          : { state: 'unknown', reason: 'Azure accepted the swap and does not tell how it ended.' };
    }
  }

  /** The log is a help, not the ground: without permission for it the look at the slots decides alone. */
  async function logged(intent: Intent, signal: AbortSignal) {
    try {
      return await findRequest(arm, 'slotsswap', requestIdOf(intent.key), intent.at, signal);
    } catch (error) {
      if (error instanceof OutsideError) return 'nothing';
      throw error;
    }
  }
}

function unclear(arm: Arm): OutsideError {
  return new OutsideError({
    kind: 'ambiguous',
    system: SYSTEM,
    attempted: 'tell how the slot swap ended',
    on: `web app ${arm.app}`,
    next: 'Look at what the slots hold before anything is repeated.',
  });
}
