import type { Component, DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { INSTANCES_HINT, instancesWanted } from '../instances.ts';
import type { JsonApi } from '../json-api/index.ts';
import { connect } from './connect.ts';
import { placeOf, readDeployment, readSeen } from './deployment.ts';
import { createRestart, RESTART } from './restart.ts';
import { createScale, SCALE } from './scale.ts';
import { KubernetesConnection, KubernetesDeploymentSettings } from './schema.ts';
import { createUndoRollout, UNDO_ROLLOUT } from './undo-rollout.ts';

/** A Deployment of a cluster. Throws ZodError on settings or a connection that were not parsed. */
export function createKubernetesDeployment(from: Ingredients): Component {
  const settings = KubernetesDeploymentSettings.parse(from.settings);
  const api = connect(KubernetesConnection.parse(from.connections['kubernetes']));
  const title = placeOf(settings);
  return {
    id: from.id,
    kind: 'kubernetes-deployment',
    title,
    versions: {
      live: async (signal) => (await readSeen(api, settings, signal)).live,
      history: async (signal) =>
        (await readSeen(api, settings, signal)).older.map(({ version, revision }) => ({
          version,
          available: true,
          reason: `revision ${revision}`,
        })),
      putBack: (target, live) => ({
        operation: UNDO_ROLLOUT,
        input: {
          release: target.id,
          replaces: live.id,
          label: target.label,
          live: live.label,
        },
      }),
    },
    mitigations: {
      restart: {
        title: `Restart ${title}`,
        call: async ({ key }) => ({ operation: RESTART, input: { key } }),
      },
      scale: {
        title: `Scale ${title}`,
        value: { about: INSTANCES_HINT },
        async call({ value }, signal) {
          const { spec } = await readDeployment(api, settings, signal);
          const to = instancesWanted(value, spec.replicas, settings.maxReplicas);
          return { operation: SCALE, input: { to, from: spec.replicas } };
        },
      },
    },
    operations: {
      [UNDO_ROLLOUT]: createUndoRollout(api, settings),
      [RESTART]: createRestart(api, settings),
      [SCALE]: createScale(api, settings),
    },
    doctor: (signal) => examine(api, settings, signal),
  };
}

async function examine(
  api: JsonApi,
  settings: KubernetesDeploymentSettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const deployment = finding(placeOf(settings), 'fail', async () => {
    const { spec, status } = await readDeployment(api, settings, signal);
    const words = `${status.availableReplicas} of ${spec.replicas} pods are available`;
    return spec.paused
      ? warned(`${words}, and it is paused`, 'Let it go on with `kubectl rollout resume`.')
      : passed(words);
  });
  const revisions = finding('earlier revisions', 'fail', async () => {
    const { older } = await readSeen(api, settings, signal);
    return older.length > 0
      ? passed(`${older.length} can be gone back to, ${older[0]?.version.label} first`)
      : warned(
          'there is none to go back to',
          'Set revisionHistoryLimit above 0, and deploy once more than once.',
        );
  });
  return Promise.all([deployment, revisions]);
}
