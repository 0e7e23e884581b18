/** Holds what went over the wire to the vendors' descriptions. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Passage } from '../../src/sandbox/cloud/http.ts';
import {
  descriptionOf,
  operationFinder,
  type Schema,
  VENDORS,
  type Vendor,
} from './description.ts';

/** What is spoken to and has no description here, with the reason. */
const UNDESCRIBED: Readonly<Record<string, string>> = {
  shop: 'a server of the team’s own',
  worker: 'a server of the team’s own',
  'flag-service': 'a server of the team’s own',
  webhook: 'a server of the team’s own',
  registry:
    'the OCI Distribution Specification is prose; the few answers that are read are in its words',
};

/** What is wrong with a request or with what the simulation says to it, each a sentence that names the operation; nothing when all is well. */
export type Judge = (passage: Passage) => readonly string[];

/** A judge that reads a vendor's description when it first meets that vendor. */
export function createJudge(): Judge {
  const judges = new Map<string, Judge>();
  return (passage) => {
    const { exchange } = passage;
    // How a registry of Azure is signed in to Azure itself describes.
    const isAzure = exchange.service === 'registry' && exchange.path.startsWith('/oauth2/');
    const service = isAzure ? 'azure' : exchange.service;
    if (service in UNDESCRIBED) return [];
    const vendor = VENDORS.find((one) => one === service);
    if (!vendor) {
      return [
        `${service} has no description: add one to scripts/descriptions, or say in test/contract/judge.ts why there is none.`,
      ];
    }
    const judge = judges.get(vendor) ?? judgeOf(vendor);
    judges.set(vendor, judge);
    return judge(passage);
  };
}

function judgeOf(vendor: Vendor): Judge {
  const { operations, schemas } = descriptionOf(vendor);
  const find = operationFinder(operations);
  const asIs = validators(vendor, schemas, false);
  const fromText = validators(vendor, schemas, true);
  /** Addresses of next pages that were handed out. */
  const pages = new Set<string>();
  return ({ exchange, body, answer }) => {
    const { method, path, query, headers } = exchange;
    const target = headers['x-amz-target'];
    const operation = find(method, path, target);
    if (!operation)
      return [
        `${vendor}: ${target ?? `${method} ${path}`} is not described: add it to scripts/descriptions/${vendor}.mjs and run scripts/extract-descriptions.mjs ${vendor}.`,
      ];

    const found: string[] = [];
    const check = (what: string, validate: ValidateFunction, value: unknown): void => {
      if (validate(value)) return;
      const wrong = (validate.errors ?? []).map((one) => `${one.instancePath || '/'} ${told(one)}`);
      found.push(
        `${operation.id}: the ${what} is not as ${vendor} describes it: ${wrong.join('; ')}`,
      );
    };
    // Where a next page begins is Azure's own business: it comes with the link to it.
    const { $skipToken: page, ...asked } = query;
    const isNext = vendor === 'azure' && pages.has(`${path} ${page}`);
    check('query', fromText(operation.query), isNext ? asked : { ...query });
    const next = nextPageIn(answer?.body);
    if (next !== undefined) pages.add(next);
    if (operation.headers) check('set of headers', asIs(operation.headers), headers);
    if (operation.body && (body !== undefined || operation.bodyRequired)) {
      check('body sent', asIs(operation.body), body);
    }
    if (!operation.body && !isEmpty(body)) found.push(`${operation.id}: no body is described.`);
    if (!answer) return found;

    const { status } = answer;
    const { answers } = operation;
    const described = answers[status] ?? answers[`${String(status)[0]}XX`] ?? answers['default'];
    const isBare = answers[status] === null;
    // What is only accepted has nothing to show yet.
    if (status === 202 && answer.body === undefined && status in answers) return found;
    if (described && !isBare) check(`answer ${status}`, asIs(described), onTheWire(answer.body));
    else if (isBare && answer.body !== undefined)
      found.push(`${operation.id}: ${status} has no body.`);
    else if (!isBare && !described) found.push(`${operation.id}: ${status} is not described.`);
    return found;
  };
}

/** The path and the token of Azure's link to a next page. */
function nextPageIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('nextLink' in body)) return undefined;
  const { nextLink } = body;
  if (typeof nextLink !== 'string' || !URL.canParse(nextLink)) return undefined;
  const { pathname, searchParams } = new URL(nextLink);
  return `${pathname} ${searchParams.get('$skipToken')}`;
}

/** Compiles each schema once; with `coerce`, numbers and booleans are looked for in text, as in a query. */
function validators(
  vendor: Vendor,
  schemas: Readonly<Record<string, Schema>>,
  coerce: boolean,
): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: coerce, formats: FORMATS });
  ajv.addSchema({ schemas }, vendor);
  const compiled = new Map<Schema, ValidateFunction>();
  return (schema) => {
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    return validate;
  };
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FORMATS = {
  'date-time': DATE_TIME,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: UUID,
  uri: /^\w[\w+.-]*:\S+$/,
  email: /^\S+@\S+$/,
  int64: true,
  int32: true,
  regex: true,
  'repo.nwo': /^[^/]+\/[^/]+$/,
} as const;

function onTheWire(body: unknown): unknown {
  return typeof body === 'string' || body === undefined ? body : JSON.parse(JSON.stringify(body));
}

function isEmpty(body: unknown): boolean {
  return (
    body === undefined ||
    (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
  );
}

function told({ message, params }: ErrorObject): string {
  return `${message} ${JSON.stringify(params)}`;
}
