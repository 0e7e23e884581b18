/**
 * The API server of a cluster with one Deployment (`apps/v1`): it and its `/scale`, its ReplicaSets, and autoscalers. Patches are
 * JSON Patch (RFC 6902); a `test` that fails is answered with 422, as the API server does.
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';
import { createController } from './controller.ts';
import { applyPatch, type PatchStep } from './json-patch.ts';
import { type DeploymentRecord, failure, type ReplicaSetRecord } from './records.ts';

export interface Kubernetes {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  readonly deployment: DeploymentRecord;
  readonly replicaSets: readonly ReplicaSetRecord[];
  /** How long a rollout takes, in milliseconds of the cloud's clock. */
  rolloutMs: number;
  /** Images whose pods never become available. */
  readonly broken: Set<string>;
  /** Somebody changes the Deployment: its spec, labels or annotations. */
  edit(change: (deployment: DeploymentRecord) => void): void;
  /** A pipeline rolls an image out. */
  deploy(version: string, cause?: string): void;
  /** An autoscaler that keeps it between these numbers. */
  autoscaler: { min: number; max: number } | undefined;
  readonly close: () => Promise<void>;
}

const NAMESPACE = 'shop';
const NAME = 'checkout';

/** Serves a Deployment `checkout` in `shop` that nobody has deployed to yet. */
export async function createKubernetes(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
}): Promise<Kubernetes> {
  const token = 'sandbox-kubernetes-token';
  const { agenda } = o;
  const labels = { app: NAME };
  let deployment: DeploymentRecord = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      uid: 'd-1',
      resourceVersion: '1',
      generation: 0,
      creationTimestamp: new Date(agenda.now()).toISOString(),
      annotations: {},
      labels,
    },
    spec: {
      replicas: 3,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'none' }] } },
    },
    status: {
      observedGeneration: 0,
      replicas: 0,
      updatedReplicas: 0,
      availableReplicas: 0,
      conditions: [],
    },
  };
  const broken = new Set<string>();
  const controller = createController(agenda, () => deployment, {
    rolloutMs: () => kubernetes.rolloutMs,
    isBroken: (image) => broken.has(image),
  });

  function put(next: DeploymentRecord): void {
    const isChanged = JSON.stringify(next.spec) !== JSON.stringify(deployment.spec);
    deployment = next;
    const { metadata } = deployment;
    metadata.resourceVersion = String(Number(metadata.resourceVersion) + 1);
    if (!isChanged) return;
    metadata.generation += 1;
    controller.reconcile();
  }

  function patched<T>(call: Call, shown: T): T | Answer {
    if (call.headers['content-type'] !== 'application/json-patch+json') {
      return failure(
        415,
        'UnsupportedMediaType',
        'the body of the request was in an unknown format',
      );
    }
    try {
      return applyPatch(shown, call.body as readonly PatchStep[]);
    } catch (error) {
      return failure(422, 'Invalid', `the server rejected our request: ${String(error)}`);
    }
  }

  const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;
  const PLACE = `${APPS}/deployments/${NAME}`;
  const scale = () => ({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: { replicas: deployment.spec.replicas },
    status: { replicas: deployment.status.replicas },
  });
  const routes: readonly Route[] = [
    { call: 'GET deployment', path: PLACE, handle: () => ({ status: 200, body: deployment }) },
    {
      call: 'PATCH deployment',
      path: PLACE,
      mutates: 'now',
      handle: (call) => {
        const next = patched(call, deployment);
        if (!('kind' in next)) return next;
        put(next);
        return { status: 200, body: deployment };
      },
    },
    {
      call: 'PATCH scale',
      path: `${PLACE}/scale`,
      mutates: 'now',
      handle: (call) => {
        const next = patched(call, scale());
        if (!('kind' in next)) return next;
        put({ ...deployment, spec: { ...deployment.spec, replicas: next.spec.replicas } });
        return { status: 200, body: scale() };
      },
    },
    {
      call: 'GET replicasets',
      path: `${APPS}/replicasets`,
      handle: () => ({
        status: 200,
        body: { kind: 'ReplicaSetList', apiVersion: 'apps/v1', items: controller.replicaSets },
      }),
    },
    {
      call: 'GET autoscalers',
      path: `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers`,
      handle: () => ({ status: 200, body: { items: autoscalers(kubernetes.autoscaler) } }),
    },
  ];
  const faults = createFaults(routes.map(({ call }) => call));
  const service = await serve({
    name: 'kubernetes',
    routes,
    faults,
    agenda,
    log: o.log,
    guard: ({ headers }) =>
      headers.authorization === `Bearer ${token}`
        ? undefined
        : failure(401, 'Unauthorized', 'Unauthorized'),
    notFound: ({ path }) => failure(404, 'NotFound', `the server could not find ${path}`),
  });
  const edit: Kubernetes['edit'] = (change) => {
    agenda.settle();
    const next = structuredClone(deployment);
    change(next);
    put(next);
  };
  const kubernetes: Kubernetes = {
    url: service.url,
    token,
    faults,
    rolloutMs: 20_000,
    broken,
    autoscaler: undefined,
    get deployment() {
      agenda.settle();
      return deployment;
    },
    get replicaSets() {
      return controller.replicaSets;
    },
    get requests() {
      agenda.settle();
      return o.log.filter((one) => one.service === 'kubernetes');
    },
    edit,
    deploy(version, cause) {
      edit(({ metadata, spec }) => {
        if (cause) metadata.annotations['kubernetes.io/change-cause'] = cause;
        spec.template = {
          metadata: { labels: { ...labels, 'app.kubernetes.io/version': version } },
          spec: { containers: [{ name: 'web', image: `registry.example/checkout:${version}` }] },
        };
      });
    },
    close: service.close,
  };
  return kubernetes;
}

function autoscalers(range: Kubernetes['autoscaler']) {
  if (!range) return [];
  return [
    {
      metadata: { name: 'checkout-hpa' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME },
        minReplicas: range.min,
        maxReplicas: range.max,
      },
    },
  ];
}
