import { z } from 'zod';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import type { JsonApi } from '../json-api/index.ts';
import { pathOf, placeOf, readDeployment } from './deployment.ts';
import { autoscalerCheck } from './preflight.ts';
import type { KubernetesDeploymentSettings } from './schema.ts';

export const SCALE = 'scale';

const ScaleInput = z.strictObject({ to: z.int(), from: z.int() });

/** `kubectl scale --current-replicas`: another number of replicas, on the condition of the one that was seen. */
export function createScale(api: JsonApi, settings: KubernetesDeploymentSettings): Operation {
  const parse = (input: Json) => ScaleInput.parse(input);
  const place = placeOf(settings);
  const words = (replicas: number): string => `${replicas} replicas`;

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { to } = parse(input);
    const { spec, status } = await readDeployment(api, settings, signal);
    return {
      fingerprint: words(spec.replicas),
      expected: words(to),
      moving: spec.replicas === to && status.replicas !== to,
      note: `${words(spec.replicas)} of ${place}`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: 15_000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: 60_000,
    pollMs: 3_000,
    title: (input) => `Scale ${place} to ${parse(input).to}`,
    observe,
    async describe(input, signal) {
      const { to } = parse(input);
      const { spec } = await readDeployment(api, settings, signal);
      return [{ what: place, from: words(spec.replicas), to: words(to) }];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      const { to } = parse(input);
      return [await autoscalerCheck(api, settings, to, signal)];
    },
    async submit(input, _intent, signal) {
      const { to, from } = parse(input);
      await api.change(
        {
          method: 'PATCH',
          attempted: `scale it to ${to}`,
          on: place,
          path: `${pathOf(settings)}/scale?fieldManager=backstop`,
          headers: { 'content-type': 'application/json-patch+json' },
          body: [
            { op: 'test', path: '/spec/replicas', value: from },
            { op: 'replace', path: '/spec/replicas', value: to },
          ],
        },
        signal,
      );
      return { to };
    },
    async poll(handle, signal) {
      const { to } = z.object({ to: z.int() }).parse(handle);
      const { spec, status } = await readDeployment(api, settings, signal);
      if (spec.replicas !== to) {
        return { state: 'failed', reason: `It was set to ${words(spec.replicas)} meanwhile.` };
      }
      if (status.replicas !== to || status.availableReplicas < to) {
        return { state: 'running', note: `${status.availableReplicas} of ${to} are available.` };
      }
      return { state: 'succeeded' };
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    undo(input) {
      const { to, from } = parse(input);
      return { operation: SCALE, input: { to: from, from: to } };
    },
    manual(input) {
      const { to, from } = parse(input);
      const { namespace, deployment } = settings;
      return `kubectl -n ${namespace} scale deployment/${deployment} --current-replicas=${from} --replicas=${to}, then watch kubectl -n ${namespace} rollout status deployment/${deployment}.`;
    },
  };
}
