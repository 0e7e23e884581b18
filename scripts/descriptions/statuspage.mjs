// Statuspage's REST API, version 1: Atlassian publishes no package with its description, so this is written down from the payloads that
// its reference documents (https://developer.statuspage.io), as far as they are used.
import { object } from './types.mjs';

const ref = (name) => ({ $ref: `statuspage#/schemas/${name}` });
const text = { type: 'string' };
const flag = { type: 'boolean' };
const moment = { type: 'string', format: 'date-time' };
const orNull = (schema) => ({ anyOf: [schema, { type: 'null' }] });
const fields = (schema, names) => Object.fromEntries(names.map((name) => [name, schema]));
const STATUS = {
  enum: [
    ...['investigating', 'identified', 'monitoring', 'resolved'],
    ...['scheduled', 'in_progress', 'verifying', 'completed'],
  ],
};
const IMPACT = { enum: ['none', 'maintenance', 'minor', 'major', 'critical'] };
const COMPONENT_STATUS = {
  enum: [
    ...[
      'operational',
      'under_maintenance',
      'degraded_performance',
      'partial_outage',
      'major_outage',
      '',
    ],
  ],
};
/** Top level values must be objects. */
const METADATA = { type: 'object', additionalProperties: { type: 'object' } };
const WRITTEN = {
  name: { type: 'string', maxLength: 255 },
  status: STATUS,
  impact_override: IMPACT,
  body: { type: 'string', maxLength: 25_000 },
  metadata: METADATA,
  components: { type: 'object', additionalProperties: COMPONENT_STATUS },
  component_ids: { type: 'array', items: text },
  deliver_notifications: flag,
};
const SCHEMAS = {
  Page: {
    type: 'object',
    required: ['id', 'name'],
    properties: fields(orNull(text), [
      'name',
      'page_description',
      'subdomain',
      'domain',
      'url',
      'time_zone',
    ]),
  },
  Component: object({
    ...fields(text, ['id', 'page_id', 'name']),
    ...fields(orNull(text), ['group_id', 'description', 'automation_email', 'start_date']),
    ...fields(moment, ['created_at', 'updated_at']),
    ...fields(flag, ['group', 'showcase', 'only_show_if_degraded']),
    position: { type: 'integer' },
    status: COMPONENT_STATUS,
  }),
  Update: object({
    ...fields(text, ['id', 'incident_id', 'body']),
    ...fields(moment, ['created_at', 'updated_at', 'display_at']),
    ...fields(orNull(text), ['custom_tweet', 'tweet_id', 'twitter_updated_at']),
    ...fields(flag, ['deliver_notifications', 'wants_twitter_update']),
    affected_components: orNull({ type: 'array', items: { type: 'object' } }),
    status: STATUS,
  }),
  Incident: object({
    ...fields(text, ['id', 'name', 'page_id', 'shortlink']),
    ...fields(moment, ['created_at', 'updated_at']),
    ...fields(orNull(moment), ['monitoring_at', 'resolved_at', 'scheduled_for', 'scheduled_until']),
    status: STATUS,
    impact: IMPACT,
    impact_override: orNull(IMPACT),
    metadata: METADATA,
    components: { type: 'array', items: ref('Component') },
    incident_updates: { type: 'array', items: ref('Update') },
  }),
  Error: object({ error: { anyOf: [text, { type: 'array', items: text }] } }, ['error']),
};
const PAGE = '/v1/pages/{page_id}';
const answers = (answers) => ({ ...answers, 500: {}, 502: {}, 503: {}, default: ref('Error') });
const paged = { page: { type: 'integer' }, per_page: { type: 'integer' } };
const written = (required) => object({ incident: object(WRITTEN, required) }, ['incident']);
const OPERATIONS = [
  {
    id: 'getPagesPageId',
    method: 'GET',
    path: PAGE,
    query: object({}),
    answers: answers({ 200: ref('Page') }),
  },
  {
    id: 'getPagesPageIdComponents',
    method: 'GET',
    path: `${PAGE}/components`,
    query: object(paged),
    answers: answers({ 200: { type: 'array', items: ref('Component') } }),
  },
  {
    id: 'getPagesPageIdIncidents',
    method: 'GET',
    path: `${PAGE}/incidents`,
    query: object({ q: text, limit: { type: 'integer' }, page: { type: 'integer' } }),
    answers: answers({ 200: { type: 'array', items: ref('Incident') } }),
  },
  {
    id: 'postPagesPageIdIncidents',
    method: 'POST',
    path: `${PAGE}/incidents`,
    query: object({}),
    body: written(['name']),
    bodyRequired: true,
    answers: answers({ 201: ref('Incident') }),
  },
  {
    id: 'patchPagesPageIdIncidentsIncidentId',
    method: 'PATCH',
    path: `${PAGE}/incidents/{incident_id}`,
    query: object({}),
    body: written([]),
    bodyRequired: true,
    answers: answers({ 200: ref('Incident') }),
  },
];

/** As written down here. */
export function describeStatuspage() {
  const sources = [
    { package: 'reference https://developer.statuspage.io', version: '1', licence: 'none' },
  ];
  return { sources, operations: OPERATIONS, schemas: SCHEMAS };
}
