import { z } from 'zod';
import type { Candidate, Version, Versions } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import type { OperationCall } from '../../operation.ts';
import { understood } from '../azure/errors.ts';
import { imageLabel, isMoving, isPinned } from '../azure/image.ts';
import type { Arm } from './client.ts';
import { type Group, readGroup } from './group.ts';
import { RECREATE_GROUP, type RecreateInput } from './input.ts';

const MOST_HISTORY = 10;
const DEPLOYMENTS_VERSION = '2021-04-01';

/** A release that the group ran, by whoever told of it. */
interface Release {
  readonly image: string;
  readonly label: string;
  readonly at: number | undefined;
  readonly commit: string | undefined;
  readonly note: string | undefined;
}

const Deployments = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({
        provisioningState: z.string(),
        timestamp: z.string(),
        parameters: z.record(z.string(), z.object({ value: z.unknown() }).loose()).nullish(),
        outputResources: z.array(z.object({ id: z.string() })).nullish(),
      }),
    }),
  ),
});

/**
 * What the group runs and ran. Azure keeps no history of a group: its releases are told by the group's tags and by the
 * template deployments of its resource group.
 */
export function createVersions(arm: Arm): Versions {
  async function read(signal: AbortSignal) {
    const [group, deployed] = await Promise.all([
      readGroup(arm, signal),
      readDeployments(arm, signal),
    ]);
    // Tags come first: they carry the release's own name.
    const all = [...releasesInTags(group, arm.settings.releaseTags), ...deployed];
    const releases = new Map<string, Release>();
    for (const release of all) {
      if (!releases.has(release.image)) releases.set(release.image, release);
    }
    return { group, releases };
  }

  return {
    async live(signal) {
      const { group, releases } = await read(signal);
      return versionOf(releases.get(group.image) ?? unnamed(group.image));
    },

    async history(signal) {
      const { group, releases } = await read(signal);
      return [...releases.values()]
        .filter((release) => release.image !== group.image)
        .sort(newestFirst)
        .slice(0, MOST_HISTORY)
        .map(candidateOf);
    },

    putBack(target, live): OperationCall {
      const input: RecreateInput = { image: target.id, replaces: live.id };
      return { operation: RECREATE_GROUP, input };
    },
  };
}

function candidateOf(release: Release): Candidate {
  const version = versionOf(release);
  const { image } = release;
  if (isMoving(image)) {
    const reason = `${image} names no single image: what it stands for has moved on.`;
    return { version, available: false, reason };
  }
  if (!isPinned(image)) {
    const reason = 'It is named by a tag, not by a digest: somebody may have pushed it anew.';
    return { version, available: true, reason };
  }
  return { version, available: true, reason: 'Its image is named by its digest.' };
}

/** `release-2.3.1 = IMAGE [TIME] [COMMIT]`, in the tags of the group. */
function releasesInTags(group: Group, prefix: string): readonly Release[] {
  return Object.entries(group.tags).flatMap(([tag, value]): readonly Release[] => {
    const label = tag.slice(prefix.length);
    const [image = '', ...rest] = value.split(/\s+/);
    if (!tag.startsWith(prefix) || label === '' || image === '') return [];
    const at = rest.map((word) => Date.parse(word)).find((ms) => !Number.isNaN(ms));
    const commit = rest.find((word) => /^[0-9a-f]{40}$/i.test(word));
    return [{ image, label, at, commit, note: undefined }];
  });
}

/** @throws OutsideError; without the right to read deployments the tags alone tell. */
async function readDeployments(arm: Arm, signal: AbortSignal): Promise<readonly Release[]> {
  const { calls, subscription, settings } = arm;
  const parameter = settings.deploymentParameter;
  if (parameter === undefined) return [];
  const attempted = 'read the deployments of the resource group';
  const group = `/subscriptions/${subscription}/resourcegroups/${encodeURIComponent(settings.resourceGroup)}`;
  const address = `${group}/providers/Microsoft.Resources/deployments?api-version=${DEPLOYMENTS_VERSION}&$top=100`;
  try {
    const answer = await calls.get(attempted, address, signal);
    const { value } = understood(Deployments, answer, attempted, calls.subject);
    return value.flatMap(({ name, properties }): readonly Release[] => {
      const image = properties.parameters?.[parameter]?.value;
      const made = properties.outputResources ?? [];
      const isOurs =
        made.length === 0 ||
        made.some(({ id }) =>
          id.toLowerCase().endsWith(`/containergroups/${settings.group.toLowerCase()}`),
        );
      if (typeof image !== 'string' || properties.provisioningState !== 'Succeeded' || !isOurs) {
        return [];
      }
      const at = Date.parse(properties.timestamp);
      return [{ ...unnamed(image), at, note: `Deployment ${name}` }];
    });
  } catch (error) {
    if (error instanceof OutsideError && error.detail.kind === 'permission') return [];
    throw error;
  }
}

function unnamed(image: string): Release {
  return { image, label: imageLabel(image), at: undefined, commit: undefined, note: undefined };
}

function versionOf({ image, label, at, commit, note }: Release): Version {
  return {
    id: image,
    label,
    ...(commit !== undefined && { commit }),
    ...(at !== undefined && { since: at }),
    ...(note !== undefined && { note }),
  };
}

/** By time; those without one after, by their names: 2.10.0 before 2.9.0. */
function newestFirst(a: Release, b: Release): number {
  const byTime = (b.at ?? 0) - (a.at ?? 0);
  return byTime || b.label.localeCompare(a.label, 'en', { numeric: true });
}
