import type { Check } from '../../operation.ts';
import type { Images } from '../aws/images.ts';
import { newestDefinitionCheck } from '../aws/newest-definition.ts';
import type { Ecs } from '../aws/task-definition.ts';
import { fail, pass, warn } from '../checks.ts';
import { activeOf, type Deployment, liveOf } from './deployments.ts';
import { type RedeployInput, shortKey } from './redeploy-input.ts';
import type { Release } from './release.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

/** Whether the revision can be deployed again. @throws nothing that an OutsideError does not say. */
export async function checkRedeploy(
  { ecs, images }: { readonly ecs: Ecs; readonly images: Images },
  settings: AwsCodeDeploySettings,
  found: {
    readonly wanted: RedeployInput;
    readonly deployments: readonly Deployment[];
    readonly release: Release;
  },
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { wanted, deployments, release } = found;
  const checks = [
    revisionCheck(release),
    idleCheck(deployments),
    liveCheck(liveOf(deployments), wanted),
    bundleCheck(release),
  ];
  const { definition } = release;
  if (!definition) return checks;
  const ofDefinition = await Promise.all([
    images.check(definition, signal),
    newestDefinitionCheck(ecs, definition, settings, signal),
  ]);
  return [...checks, ...ofDefinition];
}

function revisionCheck({ label, gone }: Release): Check {
  const name = 'The revision is there';
  return gone === undefined
    ? pass(name, `${label} is registered with the application.`)
    : fail(name, `${label} cannot be deployed again. ${gone}`);
}

function idleCheck(deployments: readonly Deployment[]): Check {
  const name = 'Nothing else is under way';
  const active = activeOf(deployments);
  if (!active) return pass(name, 'No deployment is in progress.');
  const { id, isServing } = active;
  const state = isServing
    ? 'still keeps the earlier release beside it'
    : `is in progress (${active.status})`;
  return fail(
    name,
    `Deployment ${id} ${state}. Stop it, which takes it back (/rollback, do stop-deployment), or wait until it has ended.`,
  );
}

function liveCheck(live: Deployment | undefined, { release, replaces }: RedeployInput): Check {
  const name = 'The live revision is the one expected';
  if (live?.key === replaces) return pass(name, `${shortKey(replaces)} is live.`);
  if (live?.key === release) return pass(name, `${shortKey(release)} is live already.`);
  const now = live ? shortKey(live.key) : 'nothing known';
  return fail(name, `Live is ${now} now, not ${shortKey(replaces)}.`);
}

function bundleCheck({ revision }: Release): Check {
  const name = 'The bundle';
  if (revision?.revisionType !== 'S3') return pass(name, 'CodeDeploy needs no bundle from S3.');
  const { bucket, key } = revision.s3Location;
  const reason = `CodeDeploy will fetch s3://${bucket}/${key}; whether it is still there is only known then.`;
  return warn(name, reason);
}
