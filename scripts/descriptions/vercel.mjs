// Vercel's REST API: the types of Vercel's SDK, which are made of its OpenAPI description.
import { sourceOf } from './source.mjs';
import { object, reached, schemasOfTypes } from './types.mjs';

const TYPES = `
import type { GetDeploymentsRequest as Q, GetDeploymentsResponseBody as D } from '@vercel/sdk/models/getdeploymentsop.js';
import type { GetProjectResponseBody as P } from '@vercel/sdk/models/getprojectresponsebody.js';
export type TheQuery = Q;
export type TheDeployments = D;
export type TheProject = P;
`;

const ref = (name) => ({ $ref: `vercel#/schemas/${name}` });
const text = { type: 'string' };
const TEAM = { teamId: text, slug: text };
/** https://vercel.com/docs/rest-api/reference/errors */
const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: text, message: text },
    },
  },
};
const failures = { 500: {}, 502: {}, 503: {}, default: ref('Error') };
const OPERATIONS = [
  {
    id: 'getProject',
    method: 'GET',
    path: '/v9/projects/{idOrName}',
    query: object(TEAM),
    answers: { 200: ref('GetProjectResponseBody'), ...failures },
  },
  {
    id: 'getDeployments',
    method: 'GET',
    path: '/v7/deployments',
    query: ref('GetDeploymentsRequest'),
    answers: { 200: ref('GetDeploymentsResponseBody'), ...failures },
  },
  {
    id: 'requestRollback',
    method: 'POST',
    path: '/v1/projects/{projectId}/rollback/{deploymentId}',
    query: object({ description: text, ...TEAM }),
    answers: { 201: null, ...failures },
  },
  {
    id: 'requestPromote',
    method: 'POST',
    path: '/v10/projects/{projectId}/promote/{deploymentId}',
    query: object(TEAM),
    answers: { 201: null, 202: null, ...failures },
  },
];

/** Reads the types of `@vercel/sdk` installed in `dir`. */
export function describeVercel(dir) {
  const schemas = inlined(schemasOfTypes(dir, 'vercel', TYPES));
  // Some four hundred rights of a person, which nobody here reads.
  schemas.GetProjectPermissions = { type: 'object' };
  return {
    sources: [sourceOf(dir, '@vercel/sdk')],
    operations: OPERATIONS,
    schemas: { ...reached(schemas, OPERATIONS), Error: ERROR },
  };
}

/** Enumerations have no name of their own but where they stand in a file: they go to where they are used. */
function inlined(schemas) {
  const isPlace = (name) => name.includes('_structure_');
  const inline = (schema) => {
    if (Array.isArray(schema)) return schema.map(inline);
    if (typeof schema !== 'object' || schema === null) return schema;
    const name = schema.$ref?.split('/').at(-1) ?? '';
    if (isPlace(name)) return inline(schemas[name]);
    return Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, inline(one)]));
  };
  const named = Object.entries(schemas).filter(([name]) => !isPlace(name));
  return Object.fromEntries(named.map(([name, one]) => [name, inline(one)]));
}
