/** The judge of what goes over the wire finds what is wrong: were it to find nothing ever, the tests it watches would prove nothing. */
import { describe, expect, it } from 'vitest';
import {
  awsFaults,
  azureFaults,
  contentfulFaults,
  type Fault,
  githubFaults,
} from '../../src/sandbox/cloud/index.ts';
import { descriptionOf, VENDORS } from './description.ts';
import { createJudge } from './judge.ts';

const judge = createJudge();
const SITE =
  '/subscriptions/3f1a6c2e-8b47-4d53-9a1e-5c70de92b8f4/resourceGroups/g/providers/Microsoft.Web/sites/shop';

function passage(o: {
  service: string;
  method: string;
  path: string;
  target?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  status?: number;
  answer?: unknown;
}) {
  return {
    exchange: {
      id: '1',
      service: o.service,
      at: '2026-03-04T10:00:00Z',
      call: 'test',
      method: o.method,
      path: o.path,
      query: o.query ?? {},
      headers: { ...o.headers, ...(o.target && { 'x-amz-target': o.target }) },
      mutating: false,
      outcome: 'pending',
      applied: false,
    },
    body: o.body,
    answer: o.status === undefined ? undefined : { status: o.status, body: o.answer },
  };
}

const SWAP = {
  service: 'azure',
  method: 'POST',
  path: `${SITE}/slots/staging/slotsswap`,
  query: { 'api-version': '2025-05-01' },
  body: { targetSlot: 'production', preserveVnet: true },
};
const STOP = {
  service: 'aws',
  method: 'POST',
  path: '/',
  target: 'CodeDeploy_20141006.StopDeployment',
  body: { deploymentId: 'd-1', autoRollbackEnabled: true },
};
const REFS = {
  service: 'github',
  method: 'POST',
  path: '/repos/acme/checkout/git/refs',
  body: { ref: 'refs/heads/hotfix/1', sha: 'a'.repeat(40) },
};
const ALIAS = {
  service: 'contentful',
  method: 'PUT',
  path: '/spaces/shop1/environment_aliases/master',
  headers: { 'x-contentful-version': '1' },
  body: { environment: { sys: { type: 'Link', linkType: 'Environment', id: 'release-2' } } },
};

const HEROKU = {
  service: 'heroku',
  method: 'POST',
  path: '/apps/acme-shop/releases',
  headers: { accept: 'application/vnd.heroku+json; version=3' },
  body: { release: 'r1' },
};
const SCALE = {
  service: 'kubernetes',
  method: 'PATCH',
  path: '/apis/apps/v1/namespaces/shop/deployments/checkout/scale',
  headers: { 'content-type': 'application/json-patch+json' },
  body: [{ op: 'replace', path: '/spec/replicas', value: 6 }],
};
const FLAG = {
  service: 'launchdarkly',
  method: 'PATCH',
  path: '/api/v2/flags/shop/banner',
  headers: { 'content-type': 'application/json; domain-model=launchdarkly.semanticpatch' },
  body: { environmentKey: 'production', instructions: [{ kind: 'turnFlagOff' }] },
};
const OFF = {
  service: 'unleash',
  method: 'POST',
  path: '/api/admin/projects/default/features/banner/environments/production/off',
};
const NOTICE = {
  service: 'statuspage',
  method: 'POST',
  path: '/v1/pages/p1/incidents',
  body: { incident: { name: 'Payments fail', status: 'investigating' } },
};
const BACK = {
  service: 'vercel',
  method: 'POST',
  path: '/v1/projects/prj_1/rollback/dpl_1',
  query: { description: 'Backstop', teamId: 't' },
};

describe('what is as described', () => {
  it.each([
    ['a swap', { ...SWAP, status: 202 }],
    ['a stop', { ...STOP, status: 200, answer: { status: 'Pending' } }],
    ['a new branch', REFS],
    ['an alias moved', ALIAS],
    ['a release gone back to', HEROKU],
    ['a Deployment scaled', SCALE],
    ['a flag turned off', FLAG],
    ['a feature turned off', { ...OFF, status: 200 }],
    ['a notice', NOTICE],
    ['domains moved back', { ...BACK, status: 201 }],
  ])('passes: %s', (_name, one) => {
    expect(judge(passage(one))).toEqual([]);
  });
});

describe('what is not as described', () => {
  it.each([
    ['a path nobody has', { ...SWAP, path: `${SITE}/slotswap` }, 'is not described'],
    ['a parameter nobody has', { ...SWAP, query: { ...SWAP.query, x: '1' } }, '"x"'],
    ['no api-version', { ...SWAP, query: {} }, 'api-version'],
    [
      'a page that nobody pointed to',
      { ...SWAP, query: { ...SWAP.query, $skipToken: '7' } },
      '$skipToken',
    ],
    ['a field left out', { ...SWAP, body: { targetSlot: 'production' } }, 'preserveVnet'],
    ['no body', { ...SWAP, body: undefined }, 'webApps_swapSlot'],
    ['a field of the wrong type', { ...STOP, body: { deploymentId: 7 } }, 'must be string'],
    [
      'a word that is none of the vendor’s',
      { ...STOP, status: 200, answer: { status: 'Stopped' } },
      'allowed values',
    ],
    [
      'an answer with a field more',
      { ...STOP, status: 200, answer: { status: 'Pending', done: true } },
      '"done"',
    ],
    [
      'an error of another operation',
      { ...STOP, status: 400, answer: { __type: 'ServiceNotFoundException' } },
      '__type',
    ],
    [
      'an operation AWS does not have',
      { ...STOP, target: 'CodeDeploy_20141006.UndoDeployment' },
      'UndoDeployment',
    ],
    ['a branch without a commit', { ...REFS, body: { ref: 'refs/heads/x' } }, 'sha'],
    [
      'an answer with too little in it',
      { ...REFS, status: 201, answer: { ref: 'refs/heads/x' } },
      'node_id',
    ],
    [
      'a status GitHub does not answer',
      { ...REFS, status: 418, answer: {} },
      '418 is not described',
    ],
    ['a change without its version', { ...ALIAS, headers: {} }, 'x-contentful-version'],
    ['a link to nothing', { ...ALIAS, body: { environment: 'release-2' } }, 'must be object'],
    ['no version of the API', { ...HEROKU, headers: {} }, 'accept'],
    ['a release by number', { ...HEROKU, body: { release: 7 } }, 'must be string'],
    [
      'a merge where a patch is meant',
      { ...SCALE, headers: { 'content-type': 'application/merge-patch+json' } },
      'content-type',
    ],
    ['a patch that is none', { ...SCALE, body: { spec: { replicas: 6 } } }, 'must be array'],
    [
      'a flag patched by fields',
      { ...FLAG, headers: { 'content-type': 'application/json' } },
      'content-type',
    ],
    ['half a flag', { ...FLAG, status: 200, answer: { key: 'banner' } }, 'variations'],
    ['a body to a switch', { ...OFF, body: { enabled: false } }, 'no body is described'],
    [
      'a refusal without its name',
      { ...OFF, status: 404, answer: { message: 'Could not find it' } },
      'name',
    ],
    [
      'a mark that is no object',
      { ...NOTICE, body: { incident: { name: 'x', metadata: { backstop: '1' } } } },
      'must be object',
    ],
    ['a reason by another name', { ...BACK, query: { reason: 'Backstop' } }, '"reason"'],
    [
      'a system nobody described',
      { ...REFS, service: 'bitbucket' },
      'bitbucket has no description',
    ],
  ])('is named: %s', (_name, one, words) => {
    expect(judge(passage(one)).join('\n')).toContain(words);
  });
});

/** The errors that tests and stories put in the place of a true answer: one call each on which the vendor may give it. */
const FAULTS: readonly (readonly [
  string,
  Parameters<typeof passage>[0],
  Readonly<Record<string, unknown>>,
])[] = [
  ['azure', SWAP, azureFaults],
  ['aws', STOP, awsFaults],
  ['github', REFS, githubFaults],
  ['contentful', ALIAS, contentfulFaults],
];

describe.each(FAULTS)('the errors that %s is made to give', (_vendor, on, faults) => {
  const made = Object.entries(faults)
    .filter((entry): entry is [string, (n: never) => Fault] => typeof entry[1] === 'function')
    .map(([name, make]) => [name, make(1 as never)] as const)
    .filter(
      (entry): entry is [string, Extract<Fault, { kind: 'status' }>] => entry[1].kind === 'status',
    );

  it.each(made)('are as described: %s', (_name, { status, body }) => {
    expect(judge(passage({ ...on, status, answer: body }))).toEqual([]);
  });
});

describe.each(VENDORS)('the description of %s', (vendor) => {
  const { taken, sources, operations } = descriptionOf(vendor);

  it('says where it is from, which version, and under which licence', () => {
    expect(taken).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(sources.length).toBeGreaterThan(0);
    for (const one of sources) {
      // Atlassian publishes no package: what its reference documents is written down.
      if (vendor === 'statuspage') {
        expect(one.package).toBe('reference https://developer.statuspage.io');
        continue;
      }
      expect(one).toMatchObject({
        package: expect.stringMatching(/^(npm|pypi) \S+$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        licence: expect.stringMatching(/^(MIT|Apache-2\.0|Unlicense)$/),
      });
    }
  });

  it('names each operation once', () => {
    const ids = operations.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
