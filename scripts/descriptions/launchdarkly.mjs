// LaunchDarkly's REST API: the types that LaunchDarkly makes of its OpenAPI description.
import { sourceOf } from './source.mjs';
import { object, reached, schemasOfTypes } from './types.mjs';

const TYPES = `
import type { Environment as E, FeatureFlag as F } from 'launchdarkly-api-typescript';
export type TheEnvironment = E;
export type TheFlag = F;
`;

const ref = (name) => ({ $ref: `launchdarkly#/schemas/${name}` });
const text = { type: 'string' };
const ERROR = object({ code: text, message: text }, ['code', 'message']);
const FLAG = '/api/v2/flags/{project_key}/{feature_flag_key}';
const answers = (answer) => ({ 200: answer, 500: {}, 502: {}, 503: {}, default: ref('Error') });
/** https://launchdarkly.com/docs/api/feature-flags/patch-feature-flag#using-semantic-patches-on-a-feature-flag */
const SEMANTIC = 'application/json; domain-model=launchdarkly.semanticpatch';
const OPERATIONS = [
  {
    id: 'getFeatureFlag',
    method: 'GET',
    path: FLAG,
    query: object({ env: text, expand: text }),
    answers: answers(ref('FeatureFlag')),
  },
  {
    id: 'patchFeatureFlag',
    method: 'PATCH',
    path: FLAG,
    query: object({ ignoreConflicts: { type: 'boolean' }, dryRun: { type: 'boolean' } }),
    headers: {
      type: 'object',
      required: ['content-type'],
      properties: { 'content-type': { const: SEMANTIC } },
    },
    body: object(
      {
        environmentKey: text,
        comment: text,
        instructions: {
          type: 'array',
          items: object({ kind: { enum: ['turnFlagOn', 'turnFlagOff'] } }, ['kind']),
        },
      },
      ['instructions'],
    ),
    bodyRequired: true,
    answers: answers(ref('FeatureFlag')),
  },
  {
    id: 'getEnvironment',
    method: 'GET',
    path: '/api/v2/projects/{project_key}/environments/{environment_key}',
    query: object({}),
    answers: answers(ref('Environment')),
  },
];

/** Reads the types of `launchdarkly-api-typescript` installed in `dir`. */
export function describeLaunchDarkly(dir) {
  const schemas = { ...schemasOfTypes(dir, 'launchdarkly', TYPES), Error: ERROR };
  return {
    sources: [sourceOf(dir, 'launchdarkly-api-typescript')],
    operations: OPERATIONS,
    schemas: reached(schemas, OPERATIONS),
  };
}
