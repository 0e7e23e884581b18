// Contentful's Content Management API: no description is published, so the types of its SDK are made into schemas.
import { sourceOf } from './source.mjs';
import { schemasOfTypes } from './types.mjs';

/** The types asked of the SDK, by the names they get here. */
const TYPES = `
import type { AssetProps, CollectionProp, ContentTypeProps, EntryProps, EnvironmentAliasProps, EnvironmentProps, MetadataProps, RoleProps, SnapshotProps, SpaceProps, UserProps } from 'contentful-management';
type Fields = Record<string, Record<string, unknown>>;
export type Asset = AssetProps;
export type Assets = CollectionProp<AssetProps>;
export type ContentTypes = CollectionProp<ContentTypeProps>;
export type Entry = EntryProps<Fields>;
export type Entries = CollectionProp<Entry>;
export type EntryBody = { fields: Fields; metadata?: MetadataProps };
export type Environment = EnvironmentProps;
export type Environments = CollectionProp<EnvironmentProps>;
export type EnvironmentBody = Partial<Omit<EnvironmentProps, 'sys'>>;
export type EnvironmentAlias = EnvironmentAliasProps;
export type EnvironmentAliasBody = Omit<EnvironmentAliasProps, 'sys'>;
export type Role = RoleProps;
export type Roles = CollectionProp<RoleProps>;
export type RoleBody = Omit<RoleProps, 'sys'>;
export type Snapshot = SnapshotProps<Entry>;
export type Snapshots = CollectionProp<Snapshot>;
export type Space = SpaceProps;
export type User = UserProps;
export type Users = CollectionProp<UserProps>;
`;

/** https://www.contentful.com/developers/docs/references/errors/ and, for `details`, the SDK's `ContentfulErrorData`. */
const ERROR = {
  type: 'object',
  required: ['sys', 'message', 'requestId'],
  properties: {
    sys: {
      type: 'object',
      required: ['type', 'id'],
      properties: { type: { const: 'Error' }, id: { type: 'string' } },
      additionalProperties: false,
    },
    message: { type: 'string' },
    details: { type: 'object' },
    requestId: { type: 'string' },
  },
  additionalProperties: false,
};

const ref = (name) => ({ $ref: `contentful#/schemas/${name}` });
const SPACE = '/spaces/{space_id}';
const ENV = `${SPACE}/environments/{environment_id}`;
const number = { type: 'string', pattern: '^\\d+$' };
/** Paging, order, and filters by what `sys` and `fields` hold: …/content-management-api/#/reference/search-parameters */
const SEARCH = {
  type: 'object',
  properties: {
    limit: number,
    skip: number,
    order: { type: 'string' },
    select: { type: 'string' },
    content_type: { type: 'string' },
  },
  patternProperties: {
    '^(sys|fields|metadata)\\.[\\w.-]+(\\[(in|nin|gt|gte|lt|lte|ne|all|exists|match)\\])?$': {
      type: 'string',
    },
  },
  additionalProperties: false,
};
const NONE = { type: 'object', additionalProperties: false };
/** A change names the version it is made to, so that nobody's work is overwritten unseen. */
const VERSIONED = {
  type: 'object',
  required: ['x-contentful-version'],
  properties: { 'x-contentful-version': number },
};

const read = (id, path, type, query = NONE) => ({
  id,
  method: 'GET',
  path,
  query,
  answers: { 200: ref(type), default: ref('Error') },
});
const OPERATIONS = [
  read('user.getCurrent', '/users/me', 'User'),
  read('space.get', SPACE, 'Space'),
  read('user.getManyForSpace', `${SPACE}/users`, 'Users', SEARCH),
  read('role.getMany', `${SPACE}/roles`, 'Roles', SEARCH),
  read('role.get', `${SPACE}/roles/{role_id}`, 'Role'),
  {
    id: 'role.update',
    method: 'PUT',
    path: `${SPACE}/roles/{role_id}`,
    query: NONE,
    headers: VERSIONED,
    body: ref('RoleBody'),
    bodyRequired: true,
    answers: { 200: ref('Role'), default: ref('Error') },
  },
  read('environment.getMany', `${SPACE}/environments`, 'Environments', SEARCH),
  read('environment.get', ENV, 'Environment'),
  {
    id: 'environment.createWithId',
    method: 'PUT',
    path: ENV,
    query: NONE,
    headers: {
      type: 'object',
      anyOf: [{ required: ['x-contentful-source-environment'] }, VERSIONED, {}],
    },
    body: ref('EnvironmentBody'),
    bodyRequired: true,
    answers: { 200: ref('Environment'), 201: ref('Environment'), default: ref('Error') },
  },
  {
    id: 'environment.delete',
    method: 'DELETE',
    path: ENV,
    query: NONE,
    answers: { 204: null, default: ref('Error') },
  },
  read('environmentAlias.get', `${SPACE}/environment_aliases/{alias_id}`, 'EnvironmentAlias'),
  {
    id: 'environmentAlias.update',
    method: 'PUT',
    path: `${SPACE}/environment_aliases/{alias_id}`,
    query: NONE,
    headers: VERSIONED,
    body: ref('EnvironmentAliasBody'),
    bodyRequired: true,
    answers: { 200: ref('EnvironmentAlias'), default: ref('Error') },
  },
  read('contentType.getMany', `${ENV}/content_types`, 'ContentTypes', SEARCH),
  read('asset.getMany', `${ENV}/assets`, 'Assets', SEARCH),
  read('entry.getMany', `${ENV}/entries`, 'Entries', SEARCH),
  read('entry.get', `${ENV}/entries/{entry_id}`, 'Entry'),
  {
    id: 'entry.update',
    method: 'PUT',
    path: `${ENV}/entries/{entry_id}`,
    query: NONE,
    headers: VERSIONED,
    body: ref('EntryBody'),
    bodyRequired: true,
    answers: { 200: ref('Entry'), default: ref('Error') },
  },
  {
    id: 'entry.publish',
    method: 'PUT',
    path: `${ENV}/entries/{entry_id}/published`,
    query: NONE,
    headers: VERSIONED,
    answers: { 200: ref('Entry'), default: ref('Error') },
  },
  {
    id: 'entry.unpublish',
    method: 'DELETE',
    path: `${ENV}/entries/{entry_id}/published`,
    query: NONE,
    answers: { 200: ref('Entry'), default: ref('Error') },
  },
  read('snapshot.getManyForEntry', `${ENV}/entries/{entry_id}/snapshots`, 'Snapshots', SEARCH),
  read('snapshot.getForEntry', `${ENV}/entries/{entry_id}/snapshots/{snapshot_id}`, 'Snapshot'),
];

/** Reads the types of `contentful-management` installed in `dir`. */
export function describeContentful(dir) {
  const schemas = schemasOfTypes(dir, 'contentful', TYPES);
  // The type says that an asset has a content type; no documented payload has.
  drop(schemas.AssetProps.properties.sys.required, 'contentType');
  return {
    sources: [sourceOf(dir, 'contentful-management')],
    operations: OPERATIONS,
    schemas: { ...schemas, Error: ERROR },
  };
}

function drop(names, name) {
  names.splice(names.indexOf(name), 1);
}
