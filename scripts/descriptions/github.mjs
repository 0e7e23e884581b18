// GitHub's REST API: its OpenAPI description, as GitHub publishes it through Octokit.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceOf } from './source.mjs';

const REPO = '/repos/{owner}/{repo}';
const WANTED = [
  ...['GET /user', 'GET /rate_limit', `GET ${REPO}`],
  'POST /app/installations/{installation_id}/access_tokens',
  `GET ${REPO}/contents/{path}`,
  ...[
    `GET ${REPO}/compare/{basehead}`,
    `GET ${REPO}/commits`,
    `GET ${REPO}/commits/{ref}`,
    `GET ${REPO}/commits/{commit_sha}/pulls`,
  ],
  ...[`GET ${REPO}/commits/{ref}/check-runs`, `GET ${REPO}/commits/{ref}/status`],
  ...[`GET ${REPO}/tags`, `GET ${REPO}/releases/latest`, `GET ${REPO}/branches/{branch}`],
  ...[
    `GET ${REPO}/git/ref/{ref}`,
    `POST ${REPO}/git/refs`,
    `PATCH ${REPO}/git/refs/{ref}`,
    `DELETE ${REPO}/git/refs/{ref}`,
  ],
  ...[
    `GET ${REPO}/git/matching-refs/{ref}`,
    `GET ${REPO}/git/commits/{commit_sha}`,
    `POST ${REPO}/git/commits`,
  ],
  ...[`GET ${REPO}/git/trees/{tree_sha}`, `POST ${REPO}/git/trees`],
  ...[
    `GET ${REPO}/pulls`,
    `POST ${REPO}/pulls`,
    `GET ${REPO}/pulls/{pull_number}`,
    `PUT ${REPO}/pulls/{pull_number}/merge`,
  ],
  ...[`GET ${REPO}/pulls/{pull_number}/reviews`],
  ...[
    `GET ${REPO}/rulesets`,
    `POST ${REPO}/rulesets`,
    `GET ${REPO}/rulesets/{ruleset_id}`,
    `DELETE ${REPO}/rulesets/{ruleset_id}`,
  ],
  ...[`GET ${REPO}/deployments`, `GET ${REPO}/deployments/{deployment_id}/statuses`],
  ...[
    `GET ${REPO}/actions/runs`,
    `GET ${REPO}/actions/runs/{run_id}`,
    `POST ${REPO}/actions/runs/{run_id}/rerun`,
  ],
  ...[
    `GET ${REPO}/actions/workflows/{workflow_id}`,
    `GET ${REPO}/actions/workflows/{workflow_id}/runs`,
  ],
  ...[`POST ${REPO}/actions/workflows/{workflow_id}/dispatches`],
  ...[
    `GET ${REPO}/issues`,
    `POST ${REPO}/issues`,
    `GET ${REPO}/issues/{issue_number}`,
    `PATCH ${REPO}/issues/{issue_number}`,
  ],
  ...[
    `GET ${REPO}/issues/{issue_number}/sub_issues`,
    `POST ${REPO}/issues/{issue_number}/sub_issues`,
  ],
];

/** Reads `@octokit/openapi` installed in `dir`. */
export function describeGitHub(dir) {
  const file = join(dir, 'node_modules/@octokit/openapi/generated/api.github.com.json');
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8'));
  const schemas = {};
  const toSchema = createConverter(components, schemas);
  const resolve = (one) =>
    one?.$ref
      ? one.$ref
          .replace('#/', '')
          .split('/')
          .reduce((at, word) => at[word], { components })
      : one;
  const operations = WANTED.map((wanted) => {
    const [method, path] = wanted.split(' ');
    const operation = paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`GitHub's description has no ${wanted}`);
    const query = { type: 'object', properties: {}, required: [], additionalProperties: false };
    for (const parameter of (operation.parameters ?? []).map(resolve)) {
      if (parameter.in !== 'query') continue;
      query.properties[parameter.name] = toSchema(parameter.schema);
      if (parameter.required) query.required.push(parameter.name);
    }
    const body = resolve(operation.requestBody)?.content?.['application/json']?.schema;
    // Every error also has its status in it, whatever the description of the operation says.
    const answers = Object.fromEntries(
      Object.entries(operation.responses).map(([status, one]) => {
        const content = resolve(one).content;
        if (!content) return [status, Number(status) < 400 ? null : toSchema(BASIC_ERROR, false)];
        return [status, toSchema(content['application/json']?.schema ?? {}, Number(status) < 400)];
      }),
    );
    // Not described with every operation, and answered by all: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    for (const status of [401, 403, 404, 429]) answers[status] ??= toSchema(BASIC_ERROR, false);
    // https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event answers it to an input the workflow lacks.
    if (path.endsWith('/dispatches')) answers[422] ??= toSchema(BASIC_ERROR, false);
    // A gateway's page.
    for (const status of [500, 502, 503]) answers[status] = {};
    // To a question with the `ETag` of an answer that still holds.
    if (method === 'GET') answers[304] ??= null;
    return {
      id: operation.operationId,
      method,
      path,
      query,
      ...(body && {
        body: toSchema(body),
        bodyRequired: resolve(operation.requestBody).required === true,
      }),
      answers,
    };
  });
  return {
    sources: [{ ...sourceOf(dir, '@octokit/openapi'), file: 'generated/api.github.com.json' }],
    operations,
    schemas,
  };
}

const BASIC_ERROR = { $ref: '#/components/schemas/basic-error' };
const DROPPED = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
  'readOnly',
  'writeOnly',
  'discriminator',
  'xml',
  'default',
]);

/** OpenAPI 3.0 → JSON Schema; what it refers to goes into `schemas`. */
function createConverter(components, schemas) {
  return (schema, closes = true) => convert(schema, closes);

  function convert(schema, closes) {
    if (Array.isArray(schema)) return schema.map((one) => convert(one, closes));
    if (typeof schema !== 'object' || schema === null) return schema;
    if (schema.$ref) return reference(schema.$ref.split('/').at(-1), closes);
    const made = {};
    for (const [key, value] of Object.entries(schema)) {
      if (DROPPED.has(key) || key.startsWith('x-') || key === 'nullable') continue;
      if (key === 'properties') {
        made.properties = Object.fromEntries(
          Object.entries(value).map(([name, one]) => [name, convert(one, true)]),
        );
      } else if (['allOf', 'anyOf', 'oneOf'].includes(key)) {
        // `anyOf` suffices: GitHub's alternatives are not always apart. What is put together is not closed.
        made[key === 'oneOf' ? 'anyOf' : key] = value.map((one) =>
          convert(one, key !== 'allOf' && !schema.properties && closes),
        );
      } else if (['items', 'additionalProperties', 'not'].includes(key)) {
        made[key] = convert(value, true);
      } else made[key] = value;
    }
    const isAlone = !made.allOf && !made.anyOf;
    // A field that GitHub does not have is as wrong as one of another type.
    if (closes && isAlone && made.properties && made.additionalProperties === undefined)
      made.additionalProperties = false;
    if (made.additionalProperties === true) delete made.additionalProperties;
    if (!schema.nullable) return made;
    return { anyOf: [made, { type: 'null' }] };
  }

  function reference(name, closes) {
    const key = closes ? name : `${name}.open`;
    if (!schemas[key]) {
      schemas[key] = {};
      Object.assign(schemas[key], convert(components.schemas[name], closes));
    }
    return { $ref: `github#/schemas/${key}` };
  }
}
