import { CreateDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { z } from 'zod';
import {
  type Change,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import { definitionChanges } from '../aws/differences.ts';
import type { Images } from '../aws/images.ts';
import { newestDefinitionChange } from '../aws/newest-definition.ts';
import type { Ecs } from '../aws/task-definition.ts';
import type { CodeDeploy } from './client.ts';
import {
  type Deployment,
  liveOf,
  movingOf,
  readDeployment,
  readDeployments,
} from './deployments.ts';
import { nothingDeployed, revisionGone } from './errors.ts';
import { failureOf, judge } from './judge-redeployment.ts';
import { manualRedeploy } from './manual.ts';
import { checkRedeploy } from './preflight.ts';
import { markOf, redeployInput, shortKey } from './redeploy-input.ts';
import { readRelease } from './release.ts';
import { asLocation } from './revision.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

const RedeployHandle = z.object({ deployment: z.string() });

const Created = z.object({ deploymentId: z.string() });

/**
 * Deploys a revision again that was deployed successfully before: a new deployment, marked in its description with the
 * step's key. CodeDeploy itself goes back when it fails.
 */
export function createRedeploy(
  codeDeploy: CodeDeploy,
  { ecs, images }: { readonly ecs: Ecs; readonly images: Images },
  settings: AwsCodeDeploySettings,
): Operation {
  const releaseIn = async (
    deployments: readonly Deployment[],
    key: string,
    signal: AbortSignal,
  ) => {
    const earlier = deployments.find((one) => one.key === key && one.revision !== undefined);
    if (!earlier) return { label: shortKey(key), gone: 'No deployment of it is kept any more.' };
    return readRelease(codeDeploy, ecs, settings, earlier, signal);
  };

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { release } = redeployInput(input);
    return observationOf(await readDeployments(codeDeploy, signal), release);
  }

  function observationOf(deployments: readonly Deployment[], expected: string): Observation {
    const live = liveOf(deployments);
    const moving = movingOf(deployments);
    if (!live) throw nothingDeployed(codeDeploy);
    const held = `${shortKey(live.key)} by deployment ${live.id}`;
    return {
      fingerprint: live.key,
      expected,
      moving: moving !== undefined,
      note: moving ? `${held}, and deployment ${moving.id} in progress` : held,
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { deployment: id } = RedeployHandle.parse(handle);
    const ours = await readDeployment(codeDeploy, id, signal);
    if (!ours) return { state: 'running', note: `CodeDeploy does not show ${id} yet.` };
    if (ours.status === 'Succeeded' || ours.isServing) return { state: 'succeeded' };
    if (ours.isActive) return { state: 'running', note: `Deployment ${id} is ${ours.status}.` };
    const back = ours.rollback && (await readDeployment(codeDeploy, ours.rollback, signal));
    if (back && back.isActive) {
      const note = `Deployment ${id} failed; CodeDeploy takes it back with ${back.id}.`;
      return { state: 'running', note };
    }
    return {
      state: 'failed',
      reason: `${failureOf(ours)} See its lifecycle events in CodeDeploy before you retry.`,
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: settings.usualMinutes * 60_000,
    pollMs: settings.pollSeconds * 1000,
    observe,
    poll,

    async describe(input, signal): Promise<readonly Change[]> {
      const { release } = redeployInput(input);
      const deployments = await readDeployments(codeDeploy, signal);
      const live = liveOf(deployments);
      if (!live) throw nothingDeployed(codeDeploy);
      const [from, to] = await Promise.all([
        readRelease(codeDeploy, ecs, settings, live, signal),
        releaseIn(deployments, release, signal),
      ]);
      const definition = 'definition' in to ? to.definition : undefined;
      const named = (one: typeof from) =>
        one.definition ? `${one.label} (${one.definition.name})` : one.label;
      return [
        {
          what: `${codeDeploy.application}/${codeDeploy.group}`,
          from: named(from),
          to: named(to),
        },
        ...(from.definition && definition ? definitionChanges(from.definition, definition) : []),
        ...(definition ? await newestDefinitionChange(ecs, definition, settings, signal) : []),
      ];
    },

    async preflight(input, signal) {
      const wanted = redeployInput(input);
      const deployments = await readDeployments(codeDeploy, signal);
      const release = await releaseIn(deployments, wanted.release, signal);
      const found = { wanted, deployments, release };
      return checkRedeploy({ ecs, images }, settings, found, signal);
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { release: key } = redeployInput(input);
      const deployments = await readDeployments(codeDeploy, signal);
      const release = await releaseIn(deployments, key, signal);
      if (!('revision' in release) || !release.revision) {
        throw revisionGone(codeDeploy, release.gone ?? 'it is not there');
      }
      const { fileExistsBehavior } = settings;
      const command = new CreateDeploymentCommand({
        applicationName: codeDeploy.application,
        deploymentGroupName: codeDeploy.group,
        revision: asLocation(release.revision),
        description: markOf(intent.key),
        autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
        ...(fileExistsBehavior !== undefined && { fileExistsBehavior }),
      });
      const attempted = `deploy ${release.label} again`;
      const answer = await codeDeploy.change(
        attempted,
        (o) => codeDeploy.client.send(command, o),
        signal,
      );
      return { deployment: Created.parse(answer).deploymentId };
    },

    async recover(input, intent, handle, signal): Promise<Recovery> {
      const { release } = redeployInput(input);
      const deployments = await readDeployments(codeDeploy, signal);
      const id = handle === undefined ? undefined : RedeployHandle.parse(handle).deployment;
      const mark = markOf(intent.key);
      const ours = deployments.find((one) => one.id === id || one.description === mark);
      const seen = observationOf(deployments, release);
      if (ours) return judge(ours, deployments, seen, intent);
      if (id === undefined) return recoverByLooking(seen, intent);
      return { state: 'in-flight', note: `CodeDeploy does not show ${id} yet.` };
    },

    undo(input) {
      const { release, replaces } = redeployInput(input);
      return { operation: 'redeploy', input: { release: replaces, replaces: release } };
    },

    manual: (input) => manualRedeploy(codeDeploy, redeployInput(input)),
  };
}
