// Kubernetes' API: the models that its own client is made of, out of the OpenAPI description of version 1.34.
import { sourceOf } from './source.mjs';
import { object, reached, schemasOfTypes } from './types.mjs';

const TYPES = `
import type { V1Deployment as D, V1ReplicaSetList as R, V1Scale as C, V1Status as S, V2HorizontalPodAutoscalerList as H } from '@kubernetes/client-node';
export type TheDeployment = D;
export type TheReplicaSets = R;
export type TheScale = C;
export type TheStatus = S;
export type TheAutoscalers = H;
`;

const ref = (name) => ({ $ref: `kubernetes#/schemas/${name}` });
const APPS = '/apis/apps/v1/namespaces/{namespace}';
const text = { type: 'string' };
const LIST = object({
  labelSelector: text,
  fieldSelector: text,
  limit: { type: 'integer' },
  continue: text,
});
const PATCHED = object({ fieldManager: text, fieldValidation: text, dryRun: text });
/** RFC 6902, which the API server asks for by its content type. */
const PATCH = {
  type: 'array',
  items: {
    ...object(
      {
        op: { enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
        path: text,
        from: text,
        value: {},
      },
      ['op', 'path'],
    ),
  },
};
const HEADERS = {
  type: 'object',
  required: ['content-type'],
  properties: { 'content-type': { const: 'application/json-patch+json' } },
};
/** Every failure is a `Status`; what stands before the API server answers in words of its own. */
const answers = (answer) => ({ 200: answer, 500: {}, 502: {}, 503: {}, default: ref('V1Status') });
const read = (id, path, answer, query = object({})) => ({
  id,
  method: 'GET',
  path,
  query,
  answers: answers(answer),
});
const patch = (id, path, answer) => ({
  id,
  method: 'PATCH',
  path,
  query: PATCHED,
  headers: HEADERS,
  body: PATCH,
  bodyRequired: true,
  answers: answers(answer),
});
const OPERATIONS = [
  read('readAppsV1NamespacedDeployment', `${APPS}/deployments/{name}`, ref('V1Deployment')),
  patch('patchAppsV1NamespacedDeployment', `${APPS}/deployments/{name}`, ref('V1Deployment')),
  patch('patchAppsV1NamespacedDeploymentScale', `${APPS}/deployments/{name}/scale`, ref('V1Scale')),
  read('listAppsV1NamespacedReplicaSet', `${APPS}/replicasets`, ref('V1ReplicaSetList'), LIST),
  read(
    'listAutoscalingV2NamespacedHorizontalPodAutoscaler',
    '/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers',
    ref('V2HorizontalPodAutoscalerList'),
    LIST,
  ),
];

/** Reads the models of `@kubernetes/client-node` installed in `dir`. */
export function describeKubernetes(dir) {
  const schemas = schemasOfTypes(dir, 'kubernetes', TYPES);
  // A cluster may be newer, and what its pods have must survive that Backstop does not know it.
  delete schemas.V1PodSpec.additionalProperties;
  return {
    sources: [sourceOf(dir, '@kubernetes/client-node')],
    operations: OPERATIONS,
    schemas: reached(schemas, OPERATIONS),
  };
}
