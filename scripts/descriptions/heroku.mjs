// Heroku's Platform API: the types that Heroku makes of its own JSON Schema for its command-line tool.
import { sourceOf } from './source.mjs';
import { closed, object, reached, schemasOfTypes } from './types.mjs';

const TYPES = `
import type { Dyno as D, Formation as F, Release as R, Slug as S } from '@heroku-cli/schema';
export type TheDyno = D;
export type TheFormation = F;
export type TheRelease = R;
export type TheSlug = S;
`;

const ref = (name) => ({ $ref: `heroku#/schemas/${name}` });
const APP = '/apps/{app_id_or_name}';
const NONE = object({});
/** https://devcenter.heroku.com/articles/platform-api-reference#error-responses */
const ERROR = object(
  { id: { type: 'string' }, message: { type: 'string' }, url: { type: 'string' } },
  ['id', 'message'],
);
/** …#clients: a request says the version of the API that it means. */
const HEADERS = {
  type: 'object',
  required: ['accept'],
  properties: { accept: { const: 'application/vnd.heroku+json; version=3' } },
};
const list = (name) => ({ type: 'array', items: ref(name) });
/** A list that goes on is answered in parts (…#ranges). */
const call = (id, method, path, answers, body) => ({
  id,
  method,
  path,
  query: NONE,
  headers: HEADERS,
  ...(body && { body, bodyRequired: true }),
  answers: { ...answers, 500: {}, 502: {}, 503: {}, default: ref('Error') },
});
const OPERATIONS = [
  call('release.list', 'GET', `${APP}/releases`, { 200: list('Release'), 206: list('Release') }),
  call('release.info', 'GET', `${APP}/releases/{release_id}`, { 200: ref('Release') }),
  call(
    'release.rollback',
    'POST',
    `${APP}/releases`,
    { 201: ref('Release') },
    object({ release: { type: 'string' } }, ['release']),
  ),
  call('slug.info', 'GET', `${APP}/slugs/{slug_id}`, { 200: ref('Slug') }),
  call('dyno.list', 'GET', `${APP}/dynos`, { 200: list('Dyno'), 206: list('Dyno') }),
  call('dyno.restart-all', 'DELETE', `${APP}/dynos`, { 202: NONE }),
  call('formation.info', 'GET', `${APP}/formation/{formation_type}`, { 200: ref('Formation') }),
  call(
    'formation.update',
    'PATCH',
    `${APP}/formation/{formation_type}`,
    { 200: ref('Formation') },
    object({ quantity: { type: 'integer' }, size: { type: 'string' } }),
  ),
];

/** Reads the types of `@heroku-cli/schema` installed in `dir`. */
export function describeHeroku(dir) {
  const schemas = { ...closed(schemasOfTypes(dir, 'heroku', TYPES)), Error: ERROR };
  return {
    sources: [sourceOf(dir, '@heroku-cli/schema')],
    operations: OPERATIONS,
    schemas: reached(schemas, OPERATIONS),
  };
}
