import { z } from 'zod';
import {
  type Change,
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import type { Production, Vercel } from './project.ts';

export const SET_PRODUCTION = 'set-production';

const Input = z.strictObject({
  deployment: z.string(),
  replaces: z.string(),
  label: z.string(),
  live: z.string(),
  /** A rollback keeps later deployments from going live by themselves; a promotion lets them again. */
  by: z.enum(['rollback', 'promote']),
});

/** Points the production domains at another deployment of the project; nothing is built. */
export function createSetProduction(vercel: Vercel, project: string): Operation {
  const parse = (input: Json) => Input.parse(input);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { deployment } = parse(input);
    const production = await vercel.readProduction(signal);
    return {
      fingerprint: production.live?.id ?? 'nothing',
      expected: deployment,
      moving: isOnItsWay(production, deployment),
      note: `${production.live?.label ?? 'nothing'} in production of ${production.name}`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: 20_000,
    limitMs: 10 * 60_000,
    usualMs: 20_000,
    pollMs: 2_000,
    observe,
    async describe(input, signal): Promise<readonly Change[]> {
      const { label, by } = parse(input);
      const { name, live } = await vercel.readProduction(signal);
      const isBack = by === 'rollback';
      return [
        { what: `production of ${name}`, from: live?.label ?? 'nothing', to: label },
        {
          what: 'later deployments',
          from: isBack ? 'go live by themselves' : 'wait to be promoted',
          to: isBack
            ? 'wait until somebody promotes one, or this is taken back'
            : 'go live by themselves again',
        },
        {
          what: 'environment variables and cron jobs',
          from: 'as they are built in now',
          to: `as they were when ${label} was built`,
        },
      ];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      const { deployment, label, by } = parse(input);
      const [production, candidates] = await Promise.all([
        vercel.readProduction(signal),
        by === 'rollback' ? vercel.readCandidates(signal) : [],
      ]);
      const isThere =
        by === 'promote' ||
        production.live?.id === deployment ||
        candidates.some(({ id }) => id === deployment);
      const other = production.asked;
      const isBusy = other?.jobStatus === 'pending' || other?.jobStatus === 'in-progress';
      return [
        {
          name: 'earlier deployment',
          verdict: isThere ? 'pass' : 'fail',
          reason: isThere
            ? `${label} can be gone back to`
            : `Vercel cannot go back to ${label}; on the Hobby plan only to the one before`,
          blocking: true,
        },
        {
          name: 'production domains',
          verdict: isBusy && other.toDeploymentId !== deployment ? 'warn' : 'pass',
          reason: isBusy ? 'another change of them is under way' : 'no change of them is under way',
          blocking: false,
        },
      ];
    },
    async submit(input, intent, signal) {
      const { deployment, label, by } = parse(input);
      const [id, target] = [project, deployment].map(encodeURIComponent);
      await vercel.api.change(
        {
          method: 'POST',
          attempted: by === 'rollback' ? `go back to ${label}` : `promote ${label}`,
          on: project,
          path:
            by === 'rollback'
              ? vercel.path(`/v1/projects/${id}/rollback/${target}`, {
                  description: `Backstop, ${intent.run}`,
                })
              : vercel.path(`/v10/projects/${id}/promote/${target}`),
        },
        signal,
      );
      return { deployment };
    },
    async poll(handle, signal) {
      const { deployment } = z.object({ deployment: z.string() }).parse(handle);
      const production = await vercel.readProduction(signal);
      const { asked, live } = production;
      if (isOnItsWay(production, deployment)) {
        return { state: 'running', note: 'Vercel is moving the domains.' };
      }
      if (live?.id === deployment) return { state: 'succeeded' };
      if (asked?.toDeploymentId === deployment) {
        return {
          state: 'failed',
          reason: `Vercel says that moving the domains ${asked.jobStatus}.`,
        };
      }
      return { state: 'running', note: 'Vercel does not show the request yet.' };
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    undo(input) {
      const { deployment, replaces, label, live, by } = parse(input);
      return {
        operation: SET_PRODUCTION,
        input: {
          deployment: replaces,
          replaces: deployment,
          label: live,
          live: label,
          by: by === 'rollback' ? 'promote' : 'rollback',
        },
      };
    },
    manual(input) {
      const { label, deployment, by } = parse(input);
      const command = by === 'rollback' ? 'vercel rollback' : 'vercel promote';
      return `Open the project ${project} in Vercel, Deployments, find ${label} (${deployment}), and choose Instant Rollback (or Promote to Production); or run ${command} ${deployment}. After a rollback later deployments go live only when somebody promotes one.`;
    },
  };
}

function isOnItsWay({ asked }: Production, deployment: string): boolean {
  const isRunning = asked?.jobStatus === 'pending' || asked?.jobStatus === 'in-progress';
  return isRunning && asked.toDeploymentId === deployment;
}
