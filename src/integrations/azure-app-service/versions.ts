import type { Candidate, Version, Versions } from '../../component.ts';
import type { OperationCall } from '../../operation.ts';
import { findSwapCaller } from './activity-log.ts';
import type { Arm } from './client.ts';
import { type Deployment, isOf, readDeployments } from './deployments.ts';
import { COMPLETE_SWAP, PREPARE_SWAP } from './prepare-swap.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import {
  PRODUCTION,
  type Release,
  readSlots,
  releaseIn,
  type Slots,
  shortCommit,
  swapIntoProduction,
} from './slots.ts';
import { SWAP_SLOTS, type SwapInput } from './swap-input.ts';

const MOST_HISTORY = 10;

/** What production runs and ran. A swap reaches only the release in the other slot; older ones are told, not offered. */
export function createVersions(arm: Arm, settings: AzureAppServiceSettings): Versions {
  return {
    async live(signal) {
      const [slots, deployments] = await Promise.all([
        readSlots(arm, settings, signal),
        readDeployments(arm, PRODUCTION, signal),
      ]);
      const release = releaseIn(slots.production, arm, settings);
      const active = deploymentOf(release, deployments);
      const swappedAt = swapIntoProduction(slots);
      const isSwap = swappedAt !== undefined && swappedAt > (active?.at ?? 0);
      if (!isSwap) return versionOf(release, { ...active, note: active?.title });
      return versionOf(release, {
        at: swappedAt,
        by: (await findSwapCaller(arm, swappedAt, signal)) ?? active?.by,
        note: active?.title,
      });
    },

    async history(signal) {
      const [slots, here, beside] = await Promise.all([
        readSlots(arm, settings, signal),
        readDeployments(arm, PRODUCTION, signal),
        readDeployments(arm, arm.slot, signal),
      ]);
      const live = releaseIn(slots.production, arm, settings);
      const other = slots.other.release;
      const candidates: Candidate[] = [];
      if (other && other.id !== live.id) candidates.push(besideCandidate(slots, other, beside));
      const older = [...(here ?? []), ...(beside ?? [])].filter(
        (one) => one.at !== undefined && !isOf(one, live) && !(other && isOf(one, other)),
      );
      // Of several deployments of a commit the newest stays: Azure lists it first, and the last one set wins.
      const oldestFirst = older.reverse().sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
      const unique = new Map(oldestFirst.map((one) => [one.commit ?? one.id, one]));
      candidates.push(...[...unique.values()].map((one) => goneCandidate(one, arm.slot)));
      return candidates
        .sort((a, b) => (b.version.since ?? 0) - (a.version.since ?? 0))
        .slice(0, MOST_HISTORY);
    },

    ...(settings.preview && {
      prepare(target: Version, live: Version): OperationCall {
        const input: SwapInput = { release: target.id, replaces: live.id };
        return { operation: PREPARE_SWAP, input };
      },
    }),

    putBack(target, live): OperationCall {
      const input: SwapInput = { release: target.id, replaces: live.id };
      return { operation: settings.preview ? COMPLETE_SWAP : SWAP_SLOTS, input };
    },
  };
}

function besideCandidate(
  slots: Slots,
  release: Release,
  deployments: readonly Deployment[] | undefined,
): Candidate {
  const deployment = deploymentOf(release, deployments);
  const version = versionOf(release, { ...deployment, note: deployment?.title });
  const { name, isRunning, isEnabled } = slots.other;
  if (!isEnabled) return { version, available: false, reason: `Slot ${name} is disabled.` };
  if (!isRunning) {
    return { version, available: false, reason: `Slot ${name} is stopped; start it first.` };
  }
  if (slots.prepared) {
    return {
      version,
      available: false,
      reason: 'A swap with preview is half done; finish or cancel it under Deployment slots first.',
    };
  }
  return { version, available: true, reason: `It is ready in slot ${name}.` };
}

function goneCandidate(deployment: Deployment, slot: string): Candidate {
  const { id, commit, at, by, title } = deployment;
  return {
    version: {
      id: commit ?? id,
      label: releaseNamed(title) ?? shortCommit(commit ?? id),
      ...(commit !== undefined && { commit }),
      ...(at !== undefined && { since: at }),
      ...(by !== undefined && { by }),
      ...(title !== undefined && { note: title }),
    },
    available: false,
    reason: `No slot holds it any more. Deploy it to ${slot}, then it can be put back.`,
  };
}

/** The version in a commit title that is nothing but a release: `Release 2.3.0`. */
function releaseNamed(title: string | undefined): string | undefined {
  return /^release v?(\d+(?:\.\d+)+\S*)$/i.exec(title ?? '')?.[1];
}

function versionOf(
  release: Release,
  told: {
    readonly at?: number | undefined;
    readonly by?: string | undefined;
    readonly note?: string | undefined;
  },
): Version {
  return {
    id: release.id,
    label: release.label,
    ...(release.commit !== undefined && { commit: release.commit }),
    ...(told.at !== undefined && { since: told.at }),
    ...(told.by !== undefined && { by: told.by }),
    ...(told.note !== undefined && { note: told.note }),
  };
}

/** The entry that brought a release: of its commit, else the active one when entries do not name commits. */
function deploymentOf(
  release: Release,
  deployments: readonly Deployment[] | undefined,
): Deployment | undefined {
  const byCommit = deployments?.find((one) => isOf(one, release));
  return byCommit ?? deployments?.find((one) => one.isActive && one.commit === undefined);
}
