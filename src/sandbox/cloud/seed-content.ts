import type { Cloud } from './index.ts';

const DAY_MS = 86_400_000;
const REGISTRY = 'acme.azurecr.io';
const REPOSITORY = 'shop/worker';

/** What `seedContent` made, by the names a configuration uses. */
export interface ContentWorld {
  readonly space: 'shop1';
  readonly editors: 'editors';
}

/**
 * The content of the shop: space shop1, whose site reads the alias `master`. Cleo edits in the role `editors`; Backstop's
 * restore point of the release before is there, a day and more old.
 */
export function seedContent(cloud: Cloud, limit = Number.POSITIVE_INFINITY): ContentWorld {
  const { contentful } = cloud;
  contentful.cloneMs = 5_000;
  contentful.environmentLimit = limit;
  const space = contentful.addSpace('shop1', 'release-1');
  const policies = [
    {
      effect: 'allow',
      actions: ['read', 'create', 'update', 'publish', 'unpublish'],
      constraint: { and: [] },
    },
  ];
  space.addRole({ id: 'editors', name: 'Editors', policies });
  space.addUser({ id: 'cleo', firstName: 'Cleo', lastName: 'Diaz', role: 'editors' });
  space.addContentType({ id: 'page', name: 'Page', displayField: 'title' });
  const fields = { title: { 'en-US': 'Welcome' } };
  space.write('cleo', { id: 'home', contentType: 'page', fields });
  space.publish('cleo', 'home');
  const at = cloud.now() - 30 * DAY_MS;
  space.addEnvironment('backstop-2-3-1', { from: 'release-1', at, by: contentful.viewer.id });
  return { space: 'shop1', editors: 'editors' };
}

/** What `seedWorker` made, by the names a configuration uses. */
export interface WorkerWorld {
  readonly group: 'acme-worker';
  readonly good: string;
  readonly bad: string;
  /** The registry by the name that images have. */
  readonly registry: string;
}

/** The background worker of the shop in the container group acme-worker of rg-shop, which runs 2.3.1. */
export function seedWorker(cloud: Cloud): WorkerWorld {
  const digests = { good: `sha256:${'a'.repeat(64)}`, bad: `sha256:${'b'.repeat(64)}` };
  cloud.registry.push(REPOSITORY, digests.good, digests.bad);
  const good = `${REGISTRY}/${REPOSITORY}@${digests.good}`;
  const bad = `${REGISTRY}/${REPOSITORY}@${digests.bad}`;
  const stamp = (daysAgo: number): string => new Date(cloud.now() - daysAgo * DAY_MS).toISOString();
  cloud.azure.containerGroups.add('rg-shop', 'acme-worker', {
    location: 'westeurope',
    tags: { 'release-2.3.1': `${good} ${stamp(9)}`, 'release-2.4.0': `${bad} ${stamp(0)}` },
    properties: {
      osType: 'Linux',
      restartPolicy: 'Always',
      containers: [
        {
          name: 'worker',
          properties: { image: good, resources: { requests: { cpu: 1, memoryInGB: 2 } } },
        },
      ],
    },
  });
  return { group: 'acme-worker', good, bad, registry: REGISTRY };
}
