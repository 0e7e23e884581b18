import { StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Change,
  type Check,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import type { CodeDeploy } from './client.ts';
import { type Deployment, readDeployment } from './deployments.ts';
import { manualStop } from './manual.ts';
import { stopInput } from './redeploy-input.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

/** What the step wants to see: stopped, and what it had changed taken back. */
const TAKEN_BACK = 'taken back';

const StopHandle = z.object({ deployment: z.string() });

interface Seen {
  readonly deployment: Deployment;
  /** The deployment that takes it back, once there is one. */
  readonly back: Deployment | undefined;
}

/** Stops a deployment in progress and has CodeDeploy take back what it changed; traffic goes back in seconds where blue still runs. */
export function createStopDeployment(
  codeDeploy: CodeDeploy,
  settings: AwsCodeDeploySettings,
): Operation {
  async function look(id: string, signal: AbortSignal): Promise<Seen> {
    const deployment = await readDeployment(codeDeploy, id, signal);
    if (!deployment) {
      throw new OutsideError({
        kind: 'not-found',
        system: codeDeploy.system,
        attempted: 'read the deployment',
        on: `deployment ${id}`,
        answer: 'it is not there',
        next: 'Look under Deployments in the CodeDeploy console which one is in progress.',
      });
    }
    const { rollback } = deployment;
    const back = rollback && (await readDeployment(codeDeploy, rollback, signal));
    return { deployment, back: back || undefined };
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { deployment: id } = stopInput(input);
    const seen = await look(id, signal);
    return {
      fingerprint: fingerprintOf(seen),
      expected: TAKEN_BACK,
      moving: isGoingBack(seen),
      note: wordsOf(seen),
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { deployment: id } = StopHandle.parse(handle);
    const seen = await look(id, signal);
    const fingerprint = fingerprintOf(seen);
    if (fingerprint === TAKEN_BACK) return { state: 'succeeded' };
    if (fingerprint === 'in progress') {
      return { state: 'running', note: `CodeDeploy is stopping ${id}.` };
    }
    if (isGoingBack(seen)) return { state: 'running', note: `${wordsOf(seen)}.` };
    return { state: 'failed', reason: `${wordsOf(seen)}.` };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: settings.usualMinutes * 60_000,
    pollMs: settings.pollSeconds * 1000,
    observe,
    poll,

    async describe(input, signal): Promise<readonly Change[]> {
      const { deployment: id } = stopInput(input);
      const seen = await look(id, signal);
      const to = 'stopped, and the last revision that was deployed well comes back';
      return [{ what: `deployment ${id}`, from: seen.deployment.status, to }];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { deployment: id } = stopInput(input);
      const seen = await look(id, signal);
      const isStoppable = seen.deployment.isActive && !seen.deployment.rollback;
      return [
        {
          name: 'The deployment is in progress',
          verdict: isStoppable ? 'pass' : 'fail',
          reason: isStoppable
            ? `${id} is ${seen.deployment.status}.`
            : `${wordsOf(seen)}; put the earlier version back instead.`,
          blocking: true,
        },
      ];
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const { deployment: id } = stopInput(input);
      const command = new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: true });
      const attempted = `stop deployment ${id}`;
      await codeDeploy.change(attempted, (o) => codeDeploy.client.send(command, o), signal);
      return { deployment: id };
    },

    async recover(input, intent, handle, signal): Promise<Recovery> {
      const seen = await observe(input, signal);
      const judged = recoverByLooking(seen, intent);
      // Accepted, and still in progress: CodeDeploy takes a moment to stop.
      if (judged.state === 'not-started' && handle !== undefined) {
        return { state: 'in-flight', note: `CodeDeploy is stopping ${seen.note}` };
      }
      return judged;
    },

    manual: (input) => manualStop(stopInput(input)),
  };
}

/** The status alone does not tell: a deployment whose traffic had moved can read Succeeded after it was stopped. */
function fingerprintOf({ deployment, back }: Seen): string {
  if (back?.status === 'Succeeded' || back?.isServing) return TAKEN_BACK;
  if (back && !back.isActive) return `taking back ${back.status}`;
  if (back) return 'going back';
  return deployment.isActive ? 'in progress' : deployment.status;
}

/** Also right after the stop, before CodeDeploy says what takes it back or that nothing does. */
function isGoingBack({ deployment, back }: Seen): boolean {
  if (back) return back.isActive && !back.isServing;
  const { status, rollback, rollbackMessage } = deployment;
  return rollback !== undefined || (status === 'Stopped' && rollbackMessage === undefined);
}

function wordsOf({ deployment, back }: Seen): string {
  const { id, status, rollbackMessage } = deployment;
  if (back) return `deployment ${id} ${status}, taken back by ${back.id} (${back.status})`;
  const why = rollbackMessage === undefined ? '' : `: ${rollbackMessage.replace(/\.+$/, '')}`;
  return `deployment ${id} ${status}${why}`;
}
