// AWS: the service models that ship in botocore, of which CodeDeploy, ECS, ECR and CloudWatch speak JSON 1.0 or 1.1 over one path.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const BOTOCORE = '1.43.107';

/** Model → operations. */
const WANTED = {
  'codedeploy/2014-10-06': [
    ...[
      'BatchGetDeployments',
      'CreateDeployment',
      'GetApplicationRevision',
      'GetDeployment',
      'GetDeploymentConfig',
    ],
    ...['GetDeploymentGroup', 'ListDeployments', 'StopDeployment'],
  ],
  'ecs/2014-11-13': [
    ...[
      'DescribeServiceDeployments',
      'DescribeServiceRevisions',
      'DescribeServices',
      'DescribeTaskDefinition',
    ],
    ...[
      'ListServiceDeployments',
      'ListTaskDefinitions',
      'RegisterTaskDefinition',
      'StopServiceDeployment',
      'UpdateService',
    ],
  ],
  'ecr/2015-09-21': ['DescribeImages'],
  'cloudwatch/2010-08-01': ['DescribeAlarms'],
};

/** What any service of AWS may answer besides its own (docs.aws.amazon.com, «Common errors»), by its code. */
const COMMON_ERRORS = [
  ...[
    'AccessDeniedException',
    'ExpiredTokenException',
    'IncompleteSignature',
    'InternalFailure',
    'InvalidSignatureException',
  ],
  ...[
    'MalformedHttpRequestException',
    'MissingAuthenticationTokenException',
    'NotAuthorized',
    'OptInRequired',
  ],
  ...[
    'RequestAbortedException',
    'RequestEntityTooLargeException',
    'RequestExpired',
    'RequestTimeoutException',
  ],
  ...[
    'ServiceUnavailable',
    'SerializationException',
    'ThrottlingException',
    'UnknownOperationException',
  ],
  ...['UnrecognizedClientException', 'ValidationError', 'ValidationException'],
];

/** Fetches the Python package into `dir` by pip and reads the models out of it. */
export function describeAws(dir) {
  execFileSync(
    'pip',
    ['download', '--quiet', '--no-deps', '--dest', dir, `botocore==${BOTOCORE}`],
    { stdio: 'inherit' },
  );
  const wheel = readdirSync(dir).find((name) => name.startsWith(`botocore-${BOTOCORE}`));
  execFileSync('unzip', [
    '-oq',
    join(dir, wheel),
    ...Object.keys(WANTED).map((path) => `botocore/data/${path}/service-2.json.gz`),
    '-d',
    dir,
  ]);
  const schemas = {};
  const operations = [];
  for (const [path, names] of Object.entries(WANTED)) {
    const model = JSON.parse(
      gunzipSync(readFileSync(join(dir, `botocore/data/${path}/service-2.json.gz`))),
    );
    const prefix = path.split('/')[0];
    const toRef = createConverter(model, prefix, schemas);
    for (const name of names) {
      const { input, output, errors = [] } = model.operations[name];
      const codes = [
        ...new Set([
          ...errors.map(({ shape }) => model.shapes[shape].error?.code ?? shape),
          ...COMMON_ERRORS,
        ]),
      ].sort();
      operations.push({
        id: `${model.metadata.targetPrefix}.${name}`,
        method: 'POST',
        path: '/',
        target: `${model.metadata.targetPrefix}.${name}`,
        query: { type: 'object', additionalProperties: false },
        body: toRef(input.shape),
        bodyRequired: true,
        answers: { 200: output ? toRef(output.shape) : {}, default: errorOf(codes) },
      });
    }
  }
  return {
    sources: [{ package: 'pypi botocore', version: BOTOCORE, licence: 'Apache-2.0' }],
    operations,
    schemas,
  };
}

/** An error in JSON 1.1: its code is `__type`, with or without the name of the model before it. */
function errorOf(codes) {
  return {
    type: 'object',
    required: ['__type'],
    properties: {
      __type: { type: 'string', pattern: `^([\\w.]+#)?(${codes.join('|')})$` },
      message: { type: 'string' },
      Message: { type: 'string' },
    },
    additionalProperties: false,
  };
}

function createConverter(model, prefix, schemas) {
  return toRef;

  function toRef(shapeName) {
    const key = `${prefix}.${shapeName}`;
    if (!schemas[key]) {
      schemas[key] = {};
      Object.assign(schemas[key], convert(model.shapes[shapeName]));
    }
    return { $ref: `aws#/schemas/${key}` };
  }

  function convert(shape) {
    switch (shape.type) {
      case 'structure':
        return {
          type: 'object',
          properties: Object.fromEntries(
            Object.entries(shape.members).map(([name, one]) => [name, toRef(one.shape)]),
          ),
          ...(shape.required?.length ? { required: shape.required } : {}),
          ...(shape.union ? { minProperties: 1, maxProperties: 1 } : {}),
          additionalProperties: false,
        };
      case 'list':
        return { type: 'array', items: toRef(shape.member.shape), ...size(shape, 'Items') };
      case 'map':
        return { type: 'object', additionalProperties: toRef(shape.value.shape) };
      case 'string':
        return {
          type: 'string',
          ...(shape.enum ? { enum: shape.enum } : {}),
          ...size(shape, 'Length'),
        };
      case 'integer':
      case 'long':
        return {
          type: 'integer',
          ...(shape.min === undefined ? {} : { minimum: shape.min }),
          ...(shape.max === undefined ? {} : { maximum: shape.max }),
        };
      case 'float':
      case 'double':
        return { type: 'number' };
      case 'boolean':
        return { type: 'boolean' };
      case 'timestamp':
        // Seconds since 1970 in JSON, unless the model says otherwise.
        return { type: 'number' };
      default:
        return {};
    }
  }
}

function size({ min, max }, of) {
  return {
    ...(min === undefined ? {} : { [`min${of}`]: min }),
    ...(max === undefined ? {} : { [`max${of}`]: max }),
  };
}
