import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Change,
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import type { JsonApi } from '../json-api/index.ts';
import {
  identityOf,
  pathOf,
  placeOf,
  plainTemplate,
  REVISION,
  type Release,
  readDeployment,
  readSeen,
  type Seen,
  type Template,
} from './deployment.ts';
import { changed, condition } from './patch.ts';
import { ownerCheck, pausedCheck } from './preflight.ts';
import { rolloutOf } from './rollout.ts';
import type { KubernetesDeploymentSettings } from './schema.ts';

export const UNDO_ROLLOUT = 'undo-rollout';

const UndoInput = z.strictObject({
  release: z.string(),
  replaces: z.string(),
  label: z.string(),
  live: z.string(),
});

/** Of these kubectl keeps what the Deployment has; all others come with the release (kubectl, polymorphichelpers/rollback.go). */
const KEPT = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  `${REVISION}-history`,
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

/** `kubectl rollout undo`: the template of an earlier ReplicaSet, on the condition that nobody changed the Deployment meanwhile. */
export function createUndoRollout(api: JsonApi, settings: KubernetesDeploymentSettings): Operation {
  const parse = (input: Json) => UndoInput.parse(input);
  const place = placeOf(settings);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { release } = parse(input);
    const deployment = await readDeployment(api, settings, signal);
    const id = identityOf(deployment.spec.template);
    const progress = rolloutOf(deployment);
    const isFailed = progress.state === 'failed';
    return {
      // A rollout that was given up is neither the state before nor the one wanted.
      fingerprint: id === release && isFailed ? `${id} failed` : id,
      expected: release,
      // One of another release may be stuck for good: it is what the undo is for.
      moving: id === release && progress.state === 'running',
      note: `${place} at ${deployment.metadata.annotations?.[REVISION] ?? 'no'} revision, ${wordsOf(progress)}`,
    };
  }

  async function target(seen: Seen, release: string): Promise<Release | undefined> {
    return seen.older.find(({ id }) => id === release);
  }

  return {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: 15_000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: settings.usualMinutes * 60_000,
    pollMs: 3_000,
    observe,
    async describe(input, signal): Promise<readonly Change[]> {
      const { release, label, live } = parse(input);
      const seen = await readSeen(api, settings, signal);
      const found = await target(seen, release);
      return [
        { what: place, from: live, to: label },
        ...(found ? imageChanges(seen.deployment.spec.template, found.template) : []),
        {
          what: 'ConfigMaps and Secrets',
          from: 'as they are',
          to: 'as they are: Kubernetes keeps no earlier ones',
        },
      ];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      const { release, label } = parse(input);
      const seen = await readSeen(api, settings, signal);
      const isThere =
        identityOf(seen.deployment.spec.template) === release || (await target(seen, release));
      return [
        {
          name: 'earlier revision',
          verdict: isThere ? 'pass' : 'fail',
          reason: isThere
            ? `${label} is still kept`
            : `${label} is no longer kept (revisionHistoryLimit ${seen.deployment.spec.revisionHistoryLimit ?? 10})`,
          blocking: true,
        },
        pausedCheck(seen.deployment),
        ownerCheck(seen.deployment, settings),
      ];
    },
    async submit(input, intent, signal) {
      const { release, label } = parse(input);
      const seen = await readSeen(api, settings, signal);
      const found = await target(seen, release);
      if (!found || identityOf(seen.deployment.spec.template) !== intent.before) {
        throw new OutsideError({
          kind: 'rejected',
          system: 'Kubernetes',
          attempted: `put ${label} back`,
          on: place,
          answer: found ? 'it runs something else by now' : `${label} is no longer kept`,
          next: 'Nothing was sent: look at the deployment, then make the plan anew.',
        });
      }
      const own = Object.entries(seen.deployment.metadata.annotations ?? {});
      const others = Object.entries(found.annotations);
      const annotations = Object.fromEntries([
        ...others.filter(([name]) => !KEPT.includes(name)),
        ...own.filter(([name]) => KEPT.includes(name)),
      ]);
      const answer = await api.change(
        {
          method: 'PATCH',
          attempted: `put ${label} back`,
          on: place,
          path: `${pathOf(settings)}?fieldManager=backstop`,
          headers: { 'content-type': 'application/json-patch+json' },
          body: [
            ...condition(seen.deployment),
            { op: 'replace', path: '/spec/template', value: plainTemplate(found.template) },
            { op: 'add', path: '/metadata/annotations', value: annotations },
          ],
        },
        signal,
      );
      return { release, generation: changed(answer) };
    },
    async poll(handle, signal) {
      const { release } = z.looseObject({ release: z.string() }).parse(handle);
      const deployment = await readDeployment(api, settings, signal);
      if (identityOf(deployment.spec.template) !== release) {
        return { state: 'failed', reason: 'Somebody else changed the deployment meanwhile.' };
      }
      return rolloutOf(deployment);
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    undo(input) {
      const { release, replaces, label, live } = parse(input);
      return {
        operation: UNDO_ROLLOUT,
        input: { release: replaces, replaces: release, label: live, live: label },
      };
    },
    manual(input) {
      const { label } = parse(input);
      const { namespace, deployment } = settings;
      return `kubectl -n ${namespace} rollout history deployment/${deployment} lists the revisions; find that of ${label}, then kubectl -n ${namespace} rollout undo deployment/${deployment} --to-revision=<revision>, and watch kubectl -n ${namespace} rollout status deployment/${deployment}.`;
    },
  };
}

function imageChanges(live: Template, target: Template): readonly Change[] {
  return target.spec.containers.flatMap(({ name, image = '' }): readonly Change[] => {
    const now = live.spec.containers.find((each) => each.name === name)?.image ?? 'none';
    return now === image ? [] : [{ what: `image of ${name}`, from: now, to: image }];
  });
}

function wordsOf(progress: ReturnType<typeof rolloutOf>): string {
  if (progress.state === 'succeeded') return 'rolled out';
  return progress.state === 'failed' ? 'its rollout given up' : 'rolling out';
}
