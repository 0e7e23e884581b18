import type { Candidate, Version, Versions } from '../../component.ts';
import type { OperationCall } from '../../operation.ts';
import { correctionOf } from '../aws/correction.ts';
import type { Ecs } from '../aws/task-definition.ts';
import type { CodeDeploy } from './client.ts';
import { type Deployment, liveOf, readDeployments } from './deployments.ts';
import { nothingDeployed } from './errors.ts';
import { REDEPLOY, type RedeployInput } from './redeploy-input.ts';
import { type Release, readRelease } from './release.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

/** Each costs a request or two for its revision. */
const MOST_HISTORY = 10;

/** What the group runs and ran, by revision. One that is no longer registered is told, not offered. */
export function createVersions(
  codeDeploy: CodeDeploy,
  ecs: Ecs,
  settings: AwsCodeDeploySettings,
): Versions {
  return {
    async live(signal) {
      const live = liveOf(await readDeployments(codeDeploy, signal));
      if (!live) throw nothingDeployed(codeDeploy);
      return versionOf(live, await readRelease(codeDeploy, ecs, settings, live, signal));
    },

    async history(signal) {
      const deployments = await readDeployments(codeDeploy, signal);
      const live = liveOf(deployments);
      const older = deployments.filter(
        (one, index) =>
          one.status === 'Succeeded' &&
          one.revision !== undefined &&
          one.key !== live?.key &&
          deployments.findIndex((each) => each.status === 'Succeeded' && each.key === one.key) ===
            index,
      );
      return Promise.all(
        older.slice(0, MOST_HISTORY).map(async (one): Promise<Candidate> => {
          const release = await readRelease(codeDeploy, ecs, settings, one, signal);
          const version = versionOf(one, release);
          if (release.gone === undefined) return { version, available: true };
          return { version, available: false, reason: release.gone };
        }),
      );
    },

    async correction(target, live, signal) {
      const deployments = await readDeployments(codeDeploy, signal);
      const earlier = deployments.find((one) => one.key === target.id);
      if (!earlier) return undefined;
      const { definition } = await readRelease(codeDeploy, ecs, settings, earlier, signal);
      return correctionOf(ecs, { target, live, definition }, settings, signal);
    },

    putBack(target, live): OperationCall {
      const input: RedeployInput = { release: target.id, replaces: live.id };
      return { operation: REDEPLOY, input };
    },
  };
}

function versionOf(deployment: Deployment, { label, commit, definition }: Release): Version {
  const { id, key, createdAt, completedAt, description } = deployment;
  // CodeDeploy tells only that a user did it; ECS tells who registered what was deployed.
  const by = definition?.registeredBy ?? deployment.by;
  const note = [
    `deployment ${id}`,
    definition && `task definition ${definition.name}`,
    description || undefined,
  ].filter((part) => part !== undefined);
  return {
    id: key,
    label,
    ...(commit !== undefined && { commit }),
    since: completedAt ?? createdAt,
    ...(by !== undefined && { by }),
    note: note.join(', '),
  };
}
