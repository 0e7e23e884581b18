// Azure Resource Manager, out of the packages that Microsoft generates from its REST specifications: operation specs and mappers.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { sourceOf } from './source.mjs';

const WEB = 'Microsoft.Web/sites';

/** Package → the file of its operations → operations (`name in the file`), and the api-version they describe. */
const WANTED = {
  '@azure/arm-appservice': {
    apiVersion: '2025-03-01',
    dist: 'dist/esm',
    operations: {
      webApps: [
        ...[
          'get',
          'getSlot',
          'listByResourceGroup',
          'listSlots',
          'getConfiguration',
          'getConfigurationSlot',
        ],
        ...['listSlotConfigurationNames', 'listApplicationSettings', 'listApplicationSettingsSlot'],
        ...['listDeployments', 'listDeploymentsSlot', 'getDeployment', 'getDeploymentSlot'],
        ...[
          'listSlotDifferencesFromProduction',
          'listSlotDifferencesSlot',
          'swapSlotWithProduction',
          'swapSlot',
        ],
        ...[
          'applySlotConfigToProduction',
          'applySlotConfigurationSlot',
          'resetProductionSlotConfig',
          'resetSlotConfigurationSlot',
        ],
        ...['restart', 'restartSlot', 'start', 'startSlot', 'stop', 'stopSlot'],
      ],
      appServicePlans: ['get', 'createOrUpdate'],
    },
  },
  '@azure/arm-containerinstance': {
    apiVersion: '2023-05-01',
    dist: 'dist-esm/src',
    operations: { containerGroups: ['get', 'createOrUpdate', 'restart', 'start', 'stop'] },
  },
  '@azure/arm-appcontainers': {
    apiVersion: '2025-07-01',
    dist: 'dist/esm',
    operations: {
      containerApps: ['get', 'update'],
      containerAppsRevisions: [
        'listRevisions',
        'getRevision',
        'activateRevision',
        'deactivateRevision',
        'restartRevision',
      ],
      containerAppsRevisionReplicas: ['listReplicas'],
    },
  },
  '@azure/arm-postgresql-flexible': {
    apiVersion: '2025-08-01',
    dist: 'dist/esm',
    operations: {
      servers: ['get', 'createOrUpdate'],
      backupsAutomaticAndOnDemand: ['get', 'create', 'listByServer'],
    },
  },
  '@azure/arm-monitor': {
    apiVersion: '2015-04-01; of metrics 2018-01-01',
    dist: 'dist-esm/src',
    operations: { activityLogs: ['list'], metrics: ['list'] },
  },
  '@azure/arm-resources': {
    apiVersion: '2021-04-01',
    dist: 'dist-esm/src',
    operations: { deployments: ['listByResourceGroup'] },
  },
  // How a registry is signed in to; the rest of it is the OCI Distribution Specification.
  '@azure/container-registry': {
    apiVersion: '2021-07-01',
    dist: 'dist/esm/generated',
    operations: {
      authentication: [
        'exchangeAadAccessTokenForAcrRefreshToken',
        'exchangeAcrRefreshTokenForAcrAccessToken',
      ],
    },
  },
};

/**
 * How a long-running operation is asked after is not in the specification of any one service: the Resource Provider Contract has it
 * (github.com/Azure/azure-resource-manager-rpc, v1.0/async-api-reference.md): the resource's status with its own result, or 202
 * while it runs.
 */
const STATUS = {
  type: 'object',
  required: ['status'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    status: { type: 'string' },
    startTime: { type: 'string', format: 'date-time' },
    endTime: { type: 'string', format: 'date-time' },
    percentComplete: { type: 'number', minimum: 0, maximum: 100 },
    properties: { type: 'object' },
    error: { $ref: 'azure#/schemas/ErrorBody' },
  },
  additionalProperties: false,
};
const ERROR_BODY = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    target: { type: 'string' },
    details: { type: 'array' },
    innererror: { type: 'object' },
    additionalInfo: { type: 'array' },
  },
  additionalProperties: false,
};
/** What App Service itself answers, as its SDK's `ArmErrorResponse` does not have it: seen in azure-pipelines-tasks#11384 and #13003. */
const LEGACY_ERROR = {
  type: 'object',
  required: ['Code', 'Message'],
  properties: {
    Code: { type: 'string' },
    Message: { type: 'string' },
    Target: { type: ['string', 'null'] },
    Details: { type: ['array', 'null'] },
    Innererror: { type: ['object', 'null'] },
  },
  additionalProperties: false,
};
const ERROR = {
  anyOf: [
    {
      type: 'object',
      required: ['error'],
      properties: { error: { $ref: 'azure#/schemas/ErrorBody' } },
      additionalProperties: false,
    },
    LEGACY_ERROR,
  ],
};
const error = { $ref: 'azure#/schemas/Error' };
/** A registry answers in the form of the OCI Distribution Specification, «Error Codes». */
const REGISTRY_ERROR = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['code'],
        properties: { code: { type: 'string' }, message: { type: 'string' }, detail: {} },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};
const IN_SUBSCRIPTION = '/subscriptions/{subscriptionId}';
const SITE = `${IN_SUBSCRIPTION}/resourceGroups/{resourceGroupName}/providers/${WEB}/{name}`;

function followed(id, path) {
  const query = {
    type: 'object',
    required: ['api-version'],
    properties: { 'api-version': {}, t: {}, c: {}, s: {}, h: {} },
  };
  return {
    id,
    method: 'GET',
    path,
    query,
    answers: { 200: { $ref: 'azure#/schemas/OperationStatus' }, 202: null, default: error },
  };
}

/** What a swap's `Location` leads to: nothing but a status, or what the swap ended in. */
const resultOf = (id, path) => ({
  ...followed(id, path),
  answers: { 200: {}, 202: null, 204: null, default: error },
});

const OPERATIONS_FOLLOWED = [
  resultOf('Site_OperationResult', `${SITE}/operationresults/{operation}`),
  resultOf('Slot_OperationResult', `${SITE}/slots/{slot}/operationresults/{operation}`),
  followed('Site_Operation', `${SITE}/operations/{operation}`),
  followed('Slot_Operation', `${SITE}/slots/{slot}/operations/{operation}`),
  ...[
    ['Microsoft.ContainerInstance', 'containerOperations'],
    ['Microsoft.DBforPostgreSQL', 'azureAsyncOperation'],
    ['Microsoft.App', 'containerappOperationStatuses'],
  ].map(([provider, kind]) =>
    followed(
      `${provider}_Operation`,
      `${IN_SUBSCRIPTION}/providers/${provider}/locations/{location}/${kind}/{operation}`,
    ),
  ),
];

/** Reads the packages installed in `dir`. */
export async function describeAzure(dir) {
  const schemas = { ErrorBody: ERROR_BODY, Error: ERROR, OperationStatus: STATUS };
  const operations = [...OPERATIONS_FOLLOWED];
  const sources = [];
  for (const [name, wanted] of Object.entries(WANTED)) {
    sources.push({ ...sourceOf(dir, name), apiVersion: wanted.apiVersion });
    const prefix = name.replace(/^@azure\/(arm-)?/, '');
    const { mappers, specs } = await load(dir, name, wanted);
    // These two answer null where they have nothing, which their SDKs take for absent.
    const nulls = ['appservice', 'appcontainers'].includes(prefix);
    const toSchema = createConverter({ mappers, prefix, schemas, nulls });
    for (const [file, names] of Object.entries(wanted.operations)) {
      for (const one of names) {
        const spec = specs[`${file}__${one}OperationSpec`];
        if (!spec) throw new Error(`${name} has no ${file}.${one}`);
        const errors = prefix === 'container-registry' ? REGISTRY_ERROR : error;
        operations.push(operationOf(`${file}_${one}`, spec, toSchema, errors));
      }
    }
  }
  return { sources, operations, schemas };
}

/** The mappers and operation specs of a package; the specs are not exported, so that is added on the way. */
async function load(dir, name, { dist, operations }) {
  const root = join(dir, 'node_modules', name, dist);
  const files = Object.keys(operations);
  const lines = files.map(
    (file) => `export * from ${JSON.stringify(join(root, 'operations', file))};`,
  );
  const contents = [
    `export * as mappers from ${JSON.stringify(join(root, 'models/mappers'))};`,
    ...lines,
  ].join('\n');
  const outfile = join(dir, 'bundled', `${name.replace(/\W+/g, '-')}.mjs`);
  await build({
    stdin: { contents, resolveDir: dir },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    logLevel: 'error',
    plugins: [
      {
        name: 'export-specs',
        setup: (b) => b.onLoad({ filter: /[\\/]operations[\\/]\w+\.js$/ }, exportSpecs),
      },
    ],
  });
  const { mappers, ...specs } = await import(pathToFileURL(outfile).href);
  return { mappers, specs };

  async function exportSpecs({ path }) {
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(path, 'utf8');
    const file = path.replace(/^.*[\\/]|\.js$/g, '');
    const found = [...text.matchAll(/^const (\w+OperationSpec) = /gm)].map(([, one]) => one);
    const named = files.includes(file) ? found.map((one) => `${one} as ${file}__${one}`) : [];
    return { contents: `${text}\nexport { ${named.join(', ')} };`, loader: 'js' };
  }
}

function operationOf(id, spec, toSchema, errors) {
  const query = { type: 'object', required: [], properties: {}, additionalProperties: false };
  for (const { mapper } of spec.queryParameters ?? []) {
    query.properties[mapper.serializedName] =
      mapper.type.name === 'Boolean' ? { enum: ['true', 'false'] } : { type: 'string' };
    if (mapper.required || mapper.isConstant) query.required.push(mapper.serializedName);
  }
  const answers = {};
  for (const [status, { bodyMapper }] of Object.entries(spec.responses)) {
    const isError = status === 'default' || Number(status) >= 400;
    answers[status] = isError ? errors : bodyMapper ? toSchema(bodyMapper) : null;
  }
  const sent = spec.requestBody
    ? toSchema(spec.requestBody.mapper)
    : spec.formDataParameters && formOf(spec.formDataParameters);
  const body = sent && { body: sent, bodyRequired: true };
  return { id, method: spec.httpMethod, path: spec.path, query, ...body, answers };
}

/** The fields of a form, each of which is text. */
function formOf(parameters) {
  const fields = parameters.map(({ mapper }) => mapper);
  return {
    type: 'object',
    required: fields.filter(({ required }) => required).map((one) => one.serializedName),
    properties: Object.fromEntries(
      fields.map(({ serializedName, type, defaultValue, isConstant }) => [
        serializedName,
        isConstant
          ? { const: defaultValue }
          : type.name === 'Enum'
            ? { enum: [...type.allowedValues] }
            : { type: 'string' },
      ]),
    ),
    additionalProperties: false,
  };
}

function createConverter({ mappers, prefix, schemas, nulls }) {
  return toSchema;

  function toSchema(mapper) {
    const schema = plain(mapper);
    return mapper.nullable ? { anyOf: [schema, { type: 'null' }] } : schema;
  }

  function plain({ type, constraints = {} }) {
    switch (type.name) {
      case 'Composite':
        return { $ref: `azure#/schemas/${composite(type.className)}` };
      case 'Sequence':
        return { type: 'array', items: toSchema(type.element) };
      case 'Dictionary':
        return { type: 'object', additionalProperties: toSchema(type.value) };
      case 'Enum':
        return { enum: [...type.allowedValues] };
      case 'Number':
        return { type: 'number', ...bounds(constraints) };
      case 'Boolean':
        return { type: 'boolean' };
      case 'DateTime':
        return { type: 'string', format: 'date-time' };
      case 'Date':
        return { type: 'string', format: 'date' };
      case 'Uuid':
        return { type: 'string', format: 'uuid' };
      case 'String':
      case 'TimeSpan':
      case 'ByteArray':
      case 'Base64Url':
        return { type: 'string' };
      default:
        return {};
    }
  }

  function bounds({ InclusiveMinimum, InclusiveMaximum }) {
    return {
      ...(InclusiveMinimum === undefined ? {} : { minimum: InclusiveMinimum }),
      ...(InclusiveMaximum === undefined ? {} : { maximum: InclusiveMaximum }),
    };
  }

  /** `properties.level` of a mapper is `level` inside `properties` on the wire. */
  function composite(className) {
    const name = `${prefix}.${className}`;
    if (schemas[name]) return name;
    const mapper = mappers[className];
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    schemas[name] = schema;
    if (mapper.type.additionalProperties)
      schema.additionalProperties = toSchema(mapper.type.additionalProperties);
    for (const property of Object.values(mapper.type.modelProperties ?? {})) {
      if (!property.serializedName) continue;
      const words = property.serializedName
        .split(/(?<!\\)\./)
        .map((word) => word.replaceAll('\\.', '.'));
      let at = schema;
      for (const [n, word] of words.entries()) {
        // What only the service sets is not asked of a request.
        if (property.required && !property.readOnly)
          at.required = [...new Set([...(at.required ?? []), word])];
        const isLast = n === words.length - 1;
        if (isLast)
          at.properties[word] = toSchema(
            nulls && !property.required ? { ...property, nullable: true } : property,
          );
        else
          at.properties[word] ??= { type: 'object', properties: {}, additionalProperties: false };
        at = at.properties[word];
      }
    }
    return name;
  }
}
