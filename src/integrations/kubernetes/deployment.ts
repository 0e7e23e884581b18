/** A Deployment and the ReplicaSets it keeps to go back to, as the API server shows them. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Version } from '../../component.ts';
import type { Json } from '../../operation.ts';
import { canonicalJson } from '../../plan.ts';
import type { JsonApi } from '../json-api/index.ts';
import type { KubernetesDeploymentSettings } from './schema.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';
/** When `kubectl rollout restart` was asked for, and the same for Backstop. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
export const RESTARTED_FOR = 'backstop.dev/restarted-for';

const Strings = z.record(z.string(), z.string());
const Fields = z.record(z.string(), z.json());
const Meta = z.looseObject({
  name: z.string(),
  uid: z.string(),
  generation: z.int().optional(),
  creationTimestamp: z.string().optional(),
  annotations: Strings.optional(),
  labels: Strings.optional(),
  ownerReferences: z.array(z.looseObject({ uid: z.string() })).optional(),
});
const Template = z.looseObject({
  metadata: z
    .looseObject({ annotations: Strings.optional(), labels: Strings.optional() })
    .optional(),
  spec: z.looseObject({
    containers: z.array(z.looseObject({ name: z.string(), image: z.string().optional() })),
  }),
});
export type Template = z.infer<typeof Template>;

export const Deployment = z.object({
  metadata: Meta,
  spec: z.looseObject({
    replicas: z.int().default(1),
    paused: z.boolean().optional(),
    revisionHistoryLimit: z.int().optional(),
    selector: z.looseObject({ matchLabels: Strings.optional() }),
    template: Template,
  }),
  status: z
    .looseObject({
      observedGeneration: z.int().optional(),
      replicas: z.int().default(0),
      updatedReplicas: z.int().default(0),
      availableReplicas: z.int().default(0),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type Deployment = z.infer<typeof Deployment>;

const ReplicaSets = z.object({
  items: z.array(z.object({ metadata: Meta, spec: z.looseObject({ template: Template }) })),
});

/** One template that the Deployment ran, under the newest ReplicaSet that has it. */
export interface Release {
  /** The same for the same pods: a digest of their template, without what a restart writes into it. */
  readonly id: string;
  readonly revision: number;
  readonly replicaSet: string;
  readonly template: Template;
  readonly annotations: Readonly<Record<string, string>>;
  readonly version: Version;
}

export interface Seen {
  readonly deployment: Deployment;
  /** The release whose pods are wanted now. */
  readonly live: Version;
  /** Newest first, without the live one. */
  readonly older: readonly Release[];
}

/** Reads the Deployment alone. */
export async function readDeployment(
  api: JsonApi,
  settings: KubernetesDeploymentSettings,
  signal: AbortSignal,
): Promise<Deployment> {
  const { body } = await api.read(
    { attempted: 'read the deployment', on: placeOf(settings), path: pathOf(settings) },
    Deployment,
    signal,
  );
  return body;
}

/** Reads the Deployment, then its ReplicaSets. */
export async function readSeen(
  api: JsonApi,
  settings: KubernetesDeploymentSettings,
  signal: AbortSignal,
): Promise<Seen> {
  const deployment = await readDeployment(api, settings, signal);
  const selector = Object.entries(deployment.spec.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const path = `/apis/apps/v1/namespaces/${settings.namespace}/replicasets?labelSelector=${encodeURIComponent(selector)}`;
  const { body } = await api.read(
    { attempted: 'list the replica sets', on: placeOf(settings), path },
    ReplicaSets,
    signal,
  );
  const own = body.items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid),
  );
  const all = own
    .map((each) => releaseOf(each.metadata, each.spec.template, settings))
    .toSorted((a, b) => b.revision - a.revision);
  const id = identityOf(deployment.spec.template);
  const current = all.find((each) => each.id === id);
  const live =
    current?.version ??
    versionOf(id, deployment.metadata.annotations ?? {}, deployment.spec.template, settings);
  const older = all.filter(
    (each, index) => each.id !== id && all.findIndex((other) => other.id === each.id) === index,
  );
  return { deployment, live, older };
}

/** `deployment checkout in shop`. */
export function placeOf({ namespace, deployment }: KubernetesDeploymentSettings): string {
  return `deployment ${deployment} in ${namespace}`;
}

export function pathOf({ namespace, deployment }: KubernetesDeploymentSettings): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
}

/** The digest of a template without the label and annotations that tell two rollouts of the same pods apart. */
export function identityOf(template: Template): string {
  const { metadata } = template;
  const plain = {
    ...template,
    metadata: {
      ...metadata,
      labels: without(metadata?.labels, ['pod-template-hash']),
      annotations: without(metadata?.annotations, [RESTARTED_AT, RESTARTED_FOR]),
      creationTimestamp: undefined,
    },
  };
  return createHash('sha256').update(canonicalJson(plain)).digest('hex').slice(0, 16);
}

/** The digest of everything in a template that makes the Deployment roll out anew. */
export function digestOf(template: Template): string {
  return createHash('sha256').update(canonicalJson(template)).digest('hex').slice(0, 16);
}

/** The template as it goes back into a Deployment, which adds a hash of its own. */
export function plainTemplate({ metadata, ...rest }: Template): Json {
  const labels = without(metadata?.labels, ['pod-template-hash']);
  return Fields.parse({ ...rest, metadata: { ...metadata, labels } });
}

function releaseOf(
  metadata: z.infer<typeof Meta>,
  template: Template,
  settings: KubernetesDeploymentSettings,
): Release {
  const { annotations = {}, name, creationTimestamp } = metadata;
  const id = identityOf(template);
  const isFirst = annotations[`${REVISION}-history`] === undefined;
  const since = isFirst && creationTimestamp ? Date.parse(creationTimestamp) : undefined;
  const version = versionOf(id, annotations, template, settings);
  return {
    id,
    revision: Number(annotations[REVISION] ?? 0),
    replicaSet: name,
    template,
    annotations,
    version: { ...version, ...(since === undefined ? {} : { since }) },
  };
}

function versionOf(
  id: string,
  annotations: Readonly<Record<string, string>>,
  template: Template,
  { versionLabel, commitAnnotation }: KubernetesDeploymentSettings,
): Version {
  const [container] = template.spec.containers;
  const tag = /:([\w.-]{1,128})$/.exec(container?.image ?? '')?.[1];
  const label = template.metadata?.labels?.[versionLabel] ?? tag ?? container?.image ?? id;
  const named = commitAnnotation && template.metadata?.annotations?.[commitAnnotation];
  const commit = named ?? (/^[0-9a-f]{40}$/.test(tag ?? '') ? tag : undefined);
  const note = annotations[CHANGE_CAUSE];
  return { id, label, ...(commit ? { commit } : {}), ...(note ? { note } : {}) };
}

function without(
  fields: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const left = Object.entries(fields ?? {}).filter(([name]) => !names.includes(name));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
