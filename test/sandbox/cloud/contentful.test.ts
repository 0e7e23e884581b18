import { createClient, type PlainClientAPI } from 'contentful-management';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpaceEditor } from '../../../src/sandbox/cloud/contentful/space-editor.ts';
import { type Cloud, contentfulFaults, createCloud } from '../../../src/sandbox/cloud/index.ts';

let now: number;
let cloud: Cloud;
let space: SpaceEditor;

beforeEach(async () => {
  now = Date.UTC(2026, 10, 20, 10);
  cloud = await createCloud({ clock: { now: () => now } });
  space = cloud.contentful.addSpace('shop1', 'release-1');
  space.addUser({ id: 'cleo', firstName: 'Cleo', lastName: 'Diaz', role: 'editors' });
  space.addRole({
    id: 'editors',
    name: 'Editors',
    policies: [{ effect: 'allow', actions: 'all', constraint: { and: [] } }],
  });
});
afterEach(() => cloud.close());

const client = (options: { token?: string; retryOnError?: boolean } = {}): PlainClientAPI =>
  createClient(
    {
      accessToken: options.token ?? cloud.contentful.token,
      baseURL: `${cloud.contentful.baseUrl}/spaces/`,
      retryOnError: options.retryOnError ?? false,
      logHandler: () => undefined,
    },
    { defaults: { spaceId: 'shop1', environmentId: 'master' } },
  );

/** What the SDK throws has its facts as JSON in its message. */
async function refusal(call: Promise<unknown>): Promise<{ name: string; status: unknown }> {
  const error = await call.then(
    () => new Error('was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('threw no error');
  const { status }: { status?: unknown } = JSON.parse(error.message);
  return { name: error.name, status };
}

describe('environments', () => {
  it('list aliases among themselves, with what they stand for', async () => {
    const { items } = await client().environment.getMany({});

    expect(items.map(({ sys }) => [sys.id, sys.aliasedEnvironment?.sys.id])).toEqual([
      ['release-1', undefined],
      ['master', 'release-1'],
    ]);
    expect(items[0]?.sys.aliases?.map(({ sys }) => sys.id)).toEqual(['master']);
  });

  it('are cloned by the clock, with the content of the moment they were asked for', async () => {
    const params = { environmentId: 'copy', sourceEnvironmentId: 'release-1' };
    space.write('cleo', { id: 'a', fields: {} });

    const made = await client().environment.createWithId(params, { name: 'Copy' });
    space.write('cleo', { id: 'b', fields: {} });
    const early = await refusal(client().entry.getMany({ environmentId: 'copy' }));
    now += cloud.contentful.cloneMs;
    const { sys } = await client().environment.get({ environmentId: 'copy' });
    const { items } = await client().entry.getMany({ environmentId: 'copy' });

    expect(made.sys.status.sys.id).toBe('queued');
    expect(early).toEqual({ name: 'NotFound', status: 404 });
    expect(sys.status.sys.id).toBe('ready');
    expect(items.map((item) => item.sys.id)).toEqual(['a']);
  });

  it('are as many as the plan allows', async () => {
    cloud.contentful.environmentLimit = 1;

    const made = client().environment.createWithId({ environmentId: 'copy' }, { name: 'Copy' });

    expect(await refusal(made)).toEqual({ name: 'AccessDenied', status: 403 });
    expect(space.environments).toEqual(['release-1']);
  });

  it('are not made again under an id that is taken', async () => {
    const again = client().environment.createWithId({ environmentId: 'release-1' }, { name: 'x' });

    expect(await refusal(again)).toEqual({ name: 'VersionMismatch', status: 409 });
  });

  it('are not deleted while an alias stands for them', async () => {
    space.addEnvironment('old');

    await client().environment.delete({ environmentId: 'old' });

    expect(
      await refusal(client().environment.delete({ environmentId: 'release-1' })),
    ).toMatchObject({ status: 400 });
    expect(space.environments).toEqual(['release-1']);
  });
});

describe('the alias', () => {
  it('moves once for each version', async () => {
    space.addEnvironment('release-2');
    const alias = await client().environmentAlias.get({ environmentAliasId: 'master' });
    alias.environment.sys.id = 'release-2';

    const moved = await client().environmentAlias.update({ environmentAliasId: 'master' }, alias);

    expect(space.live).toBe('release-2');
    expect(moved.sys.version).toBe(alias.sys.version + 1);
    const again = client().environmentAlias.update({ environmentAliasId: 'master' }, alias);
    expect(await refusal(again)).toEqual({ name: 'VersionMismatch', status: 409 });
  });

  it('is sent again by the SDK itself after a 500, which the version makes harmless', async () => {
    space.addEnvironment('release-2');
    const alias = await client().environmentAlias.get({ environmentAliasId: 'master' });
    alias.environment.sys.id = 'release-2';
    const fault = contentfulFaults.serverError('after');
    cloud.faults.contentful.add({ on: 'PUT environment_alias', fault });

    const moved = client({ retryOnError: true }).environmentAlias.update(
      { environmentAliasId: 'master' },
      alias,
    );

    expect(await refusal(moved)).toEqual({ name: 'VersionMismatch', status: 409 });
    expect(cloud.contentful.mutations).toEqual({ 'PUT environment_alias': 1 });
  });
});

describe('entries', () => {
  it('are published and taken off, with a snapshot of each publication', async () => {
    space.write('cleo', { id: 'a', fields: { title: { en: 'One' } } });
    const read = () => client().entry.get({ entryId: 'a' });

    const published = await client().entry.publish({ entryId: 'a' }, await read());
    const changed = { ...published, fields: { title: { en: 'Two' } } };
    const updated = await client().entry.update({ entryId: 'a' }, changed);
    await client().entry.publish({ entryId: 'a' }, updated);
    const off = await client().entry.unpublish({ entryId: 'a' });
    const { items } = await client().snapshot.getManyForEntry({ entryId: 'a' });

    expect([published.sys.version, published.sys.publishedVersion]).toEqual([2, 1]);
    expect(off.sys).toMatchObject({ version: 5 });
    expect(off.sys).not.toHaveProperty('publishedVersion');
    expect(items.map(({ snapshot }) => snapshot.fields)).toEqual([
      { title: { en: 'Two' } },
      { title: { en: 'One' } },
    ]);
  });

  it('are refused at an old version', async () => {
    space.write('cleo', { id: 'a', fields: {} });
    const old = await client().entry.get({ entryId: 'a' });
    space.write('cleo', { id: 'a', fields: { title: { en: 'Newer' } } });

    expect(await refusal(client().entry.update({ entryId: 'a' }, old))).toMatchObject({
      status: 409,
    });
    expect(await refusal(client().entry.publish({ entryId: 'a' }, old))).toMatchObject({
      status: 409,
    });
  });

  it('show snapshots only behind the alias master', async () => {
    space.write('cleo', { id: 'a', fields: {} });
    space.publish('cleo', 'a');
    space.addEnvironment('copy', { from: 'release-1' });
    const snapshots = (environmentId: string) =>
      client().snapshot.getManyForEntry({ environmentId, entryId: 'a' });

    expect((await snapshots('release-1')).items).toHaveLength(1);
    expect((await snapshots('copy')).items).toEqual([]);
  });

  it('are listed by when they changed, page by page', async () => {
    for (const id of ['a', 'b', 'c']) {
      space.write('cleo', { id, fields: {} });
      now += 1000;
    }
    const since = new Date(now - 2000).toISOString();
    const query = { 'sys.updatedAt[gte]': since, order: '-sys.updatedAt', limit: 1, skip: 1 };

    const { total, items } = await client().entry.getMany({ query });

    expect(total).toBe(2);
    expect(items.map(({ sys }) => sys.id)).toEqual(['b']);
  });
});

describe('roles', () => {
  it('decide who may publish; a denial outweighs', async () => {
    space.write('cleo', { id: 'a', contentType: 'page', fields: {} });
    const role = await client().role.get({ roleId: 'editors' });
    const denial = {
      effect: 'deny',
      actions: ['publish' as const],
      constraint: { and: [{ equals: [{ doc: 'sys.contentType.sys.id' }, 'page'] }] },
    };
    const policies = [...role.policies, denial];

    await client().role.update({ roleId: 'editors' }, { ...role, policies });

    expect(space.publish('cleo', 'a')).toBe(false);
    expect(await refusal(client().role.update({ roleId: 'editors' }, role))).toMatchObject({
      status: 409,
    });
  });
});

describe('what Contentful refuses', () => {
  it('a wrong token', async () => {
    const asked = client({ token: 'CFPAT-wrong' }).space.get({});

    expect(await refusal(asked)).toEqual({ name: 'AccessTokenInvalid', status: 401 });
  });

  it('a space or an environment that is not there', async () => {
    expect(await refusal(client().space.get({ spaceId: 'nope' }))).toMatchObject({ status: 404 });
    expect(await refusal(client().entry.getMany({ environmentId: 'nope' }))).toMatchObject({
      status: 404,
    });
  });

  it('more requests within a second than it allows', async () => {
    cloud.contentful.rateLimit.perSecond = 2;
    const ask = () => client().space.get({});

    const outcomes = await Promise.allSettled([ask(), ask(), ask()]);

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(cloud.contentful.rateLimit.refused).toBe(1);
  });
});
