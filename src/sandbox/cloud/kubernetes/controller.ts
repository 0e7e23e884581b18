/** The deployment controller: one ReplicaSet for each template, revision numbers that move on, and rollouts that take time. */
import type { Agenda } from '../agenda.ts';
import type { DeploymentRecord, ReplicaSetRecord, Template } from './records.ts';

const REVISION = 'deployment.kubernetes.io/revision';

export interface Controller {
  readonly replicaSets: readonly ReplicaSetRecord[];
  /** Acts on a spec that was changed. */
  reconcile(): void;
}

/**
 * @param rolloutMs how long a rollout takes.
 * @param isBroken whether pods of an image never become available, so that the deadline passes.
 */
export function createController(
  agenda: Agenda,
  deployment: () => DeploymentRecord,
  options: { readonly rolloutMs: () => number; readonly isBroken: (image: string) => boolean },
): Controller {
  const sets: ReplicaSetRecord[] = [];
  let made = 0;

  function setFor(template: Template): ReplicaSetRecord {
    const found = sets.find((each) => same(each.spec.template, template));
    if (found) return found;
    const { metadata, spec } = deployment();
    made += 1;
    const hash = `7d9f8b${made}`;
    const set: ReplicaSetRecord = {
      metadata: {
        name: `${metadata.name}-${hash}`,
        namespace: metadata.namespace,
        uid: `rs-${made}`,
        creationTimestamp: new Date(agenda.now()).toISOString(),
        labels: { ...spec.selector.matchLabels, 'pod-template-hash': hash },
        annotations: {},
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: metadata.name,
            uid: metadata.uid,
            controller: true,
          },
        ],
      },
      spec: {
        replicas: 0,
        selector: {
          matchLabels: { ...spec.selector.matchLabels, 'pod-template-hash': hash },
        },
        template: structuredClone({
          ...template,
          metadata: {
            ...template.metadata,
            labels: { ...template.metadata.labels, 'pod-template-hash': hash },
          },
        }),
      },
    };
    sets.push(set);
    return set;
  }

  function number(set: ReplicaSetRecord): void {
    const { metadata } = deployment();
    const newest = Math.max(
      0,
      ...sets.map((each) => Number(each.metadata.annotations[REVISION] ?? 0)),
    );
    const own = Number(set.metadata.annotations[REVISION] ?? 0);
    if (own === newest && own > 0) return;
    const { [REVISION]: _revision, ...others } = metadata.annotations;
    const history = own > 0 ? { [`${REVISION}-history`]: String(own) } : {};
    set.metadata.annotations = { ...others, ...history, [REVISION]: String(newest + 1) };
    metadata.annotations = { ...metadata.annotations, [REVISION]: String(newest + 1) };
  }

  return {
    replicaSets: sets,
    reconcile() {
      const { spec, status, metadata } = deployment();
      const { generation } = metadata;
      status.observedGeneration = generation;
      const set = setFor(spec.template);
      const isNew = !sets.some((each) => each !== set && each.spec.replicas > 0)
        ? set.spec.replicas === 0
        : set.spec.replicas !== spec.replicas;
      number(set);
      if (isNew || set.spec.replicas === 0) status.updatedReplicas = 0;
      status.conditions = [progressing('ReplicaSetUpdated', 'is progressing')];
      const broken = options.isBroken(spec.template.spec.containers[0]?.image ?? '');
      const ms = broken ? spec.progressDeadlineSeconds * 1000 : options.rolloutMs();
      agenda.later(ms, () => {
        const now = deployment();
        if (now.metadata.generation !== generation) return;
        if (broken) {
          const words = `ReplicaSet "${set.metadata.name}" has timed out progressing.`;
          now.status.conditions = [progressing('ProgressDeadlineExceeded', words)];
          now.status.updatedReplicas = 1;
          return;
        }
        for (const each of sets) each.spec.replicas = each === set ? now.spec.replicas : 0;
        const { replicas } = now.spec;
        Object.assign(now.status, {
          replicas,
          updatedReplicas: replicas,
          availableReplicas: replicas,
          conditions: [progressing('NewReplicaSetAvailable', 'has successfully progressed.')],
        });
        const limit = sets.length - 1 - now.spec.revisionHistoryLimit;
        const old = sets.filter((each) => each !== set);
        for (const each of old.slice(0, Math.max(0, limit))) sets.splice(sets.indexOf(each), 1);
      });
    },
  };
}

function progressing(reason: string, message: string) {
  return { type: 'Progressing', status: 'True', reason, message };
}

function same(a: Template, b: Template): boolean {
  const plain = ({ metadata, spec }: Template): string => {
    const { 'pod-template-hash': _hash, ...labels } = metadata.labels;
    return JSON.stringify([sorted(labels), sorted(metadata.annotations ?? {}), spec]);
  };
  return plain(a) === plain(b);
}

function sorted(fields: Readonly<Record<string, string>>) {
  return Object.entries(fields).toSorted(([x], [y]) => (x < y ? -1 : 1));
}
