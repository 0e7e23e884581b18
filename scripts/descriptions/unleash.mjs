// Unleash's Admin API: the schemas that its server answers by and publishes as its OpenAPI description.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceOf } from './source.mjs';
import { object, reached } from './types.mjs';

const ref = (name) => ({ $ref: `unleash#/schemas/${name}` });
const FEATURE = '/api/admin/projects/{projectId}/features/{featureName}';
const text = { type: 'string' };
/** `openapi/util/standard-responses`: what every refusal looks like. */
const ERROR = {
  type: 'object',
  required: ['id', 'name', 'message'],
  properties: { id: text, name: text, message: text, details: { type: 'array' } },
};
const answers = (answer) => ({ 200: answer, 500: {}, 502: {}, 503: {}, default: ref('Error') });
const switchOf = (id, to) => ({
  id,
  method: 'POST',
  path: `${FEATURE}/environments/{environment}/${to}`,
  query: object({}),
  answers: answers(null),
});
const OPERATIONS = [
  {
    id: 'getFeature',
    method: 'GET',
    path: FEATURE,
    query: object({}),
    answers: answers(ref('featureSchema')),
  },
  switchOf('toggleFeatureEnvironmentOn', 'on'),
  switchOf('toggleFeatureEnvironmentOff', 'off'),
  {
    id: 'getProjectEnvironments',
    method: 'GET',
    path: '/api/admin/environments/project/{projectId}',
    query: object({}),
    answers: answers(ref('environmentsProjectSchema')),
  },
];

/** Reads the schemas of `unleash-server` installed in `dir`. */
export async function describeUnleash(dir) {
  const specs = join(dir, 'node_modules/unleash-server/dist/lib/openapi/spec');
  const spec = (name) => import(pathToFileURL(join(specs, `${name}.js`)).href);
  const { featureSchema } = await spec('feature-schema');
  const { environmentsProjectSchema } = await spec('environments-project-schema');
  const all = { featureSchema, environmentsProjectSchema };
  const parts = Object.values(all).map(({ components }) => components.schemas);
  const schemas = Object.fromEntries(
    Object.entries(Object.assign({}, ...parts, all)).map(([name, one]) => [name, converted(one)]),
  );
  return {
    sources: [sourceOf(dir, 'unleash-server')],
    operations: OPERATIONS,
    schemas: { ...reached(schemas, OPERATIONS), Error: ERROR },
  };
}

const DROPPED = [
  '$id',
  'components',
  'description',
  'example',
  'examples',
  'default',
  'deprecated',
];

/** OpenAPI 3.0 → JSON Schema. */
function converted(schema, isName = false) {
  if (Array.isArray(schema)) return schema.map((one) => converted(one));
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref && !isName) return ref(schema.$ref.split('/').at(-1));
  const made = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!isName && (DROPPED.includes(key) || key === 'nullable' || key.startsWith('x-'))) continue;
    made[key] = converted(value, !isName && key === 'properties');
  }
  // Some say it that way.
  if (!isName && made.type === 'bool') made.type = 'boolean';
  return !isName && schema.nullable === true ? { anyOf: [made, { type: 'null' }] } : made;
}
