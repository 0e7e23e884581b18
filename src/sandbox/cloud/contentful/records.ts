import {
  type Alias,
  aliasesOf,
  type ContentType,
  type Editor,
  type Environment,
  type Item,
  type Role,
  type Snapshot,
  type Space,
} from './world.ts';

/** When the space and what came with it were made. */
const OPENED = '2025-01-14T09:30:00.000Z';

/** A collection as the API answers it, with the page the query asks for; 100 items unless it says otherwise. */
export function collection(query: URLSearchParams, items: readonly unknown[]) {
  const skip = Number(query.get('skip') ?? 0);
  const limit = Math.min(1000, Number(query.get('limit') ?? 100));
  return {
    sys: { type: 'Array' },
    total: items.length,
    skip,
    limit,
    items: items.slice(skip, skip + limit),
  };
}

/** An environment; an alias is listed among them, with what it stands for. */
export function environmentRecord(space: Space, environment: Environment, alias?: Alias) {
  const aliases = aliasesOf(space, environment.id);
  return {
    name: alias?.id ?? environment.name,
    sys: {
      type: 'Environment',
      id: alias?.id ?? environment.id,
      version: alias?.version ?? environment.version,
      space: link('Space', space.id),
      status: link('Status', environment.status),
      createdBy: link('User', environment.createdBy),
      createdAt: stamp(environment.createdAt),
      updatedBy: link('User', environment.createdBy),
      updatedAt: stamp(environment.createdAt),
      ...(alias && { aliasedEnvironment: link('Environment', environment.id) }),
      ...(!alias &&
        aliases.length > 0 && { aliases: aliases.map((id) => link('Environment', id)) }),
    },
  };
}

export function aliasRecord(space: Space, alias: Alias) {
  return {
    sys: {
      type: 'EnvironmentAlias',
      id: alias.id,
      version: alias.version,
      space: link('Space', space.id),
      createdAt: OPENED,
      updatedAt: OPENED,
    },
    environment: link('Environment', alias.target),
  };
}

/** An entry or asset in an environment. */
export function itemRecord(space: Space, environment: string, item: Item) {
  return {
    metadata: { tags: [] },
    sys: {
      type: item.type,
      id: item.id,
      space: link('Space', space.id),
      environment: link('Environment', environment),
      ...(item.type === 'Entry' && { automationTags: [] }),
      ...(item.contentType !== undefined && { contentType: link('ContentType', item.contentType) }),
      version: item.version,
      createdAt: stamp(item.createdAt),
      createdBy: link('User', item.createdBy),
      updatedAt: stamp(item.updatedAt),
      updatedBy: link('User', item.updatedBy),
      ...(item.publishedVersion !== undefined && {
        publishedVersion: item.publishedVersion,
        publishedAt: stamp(item.publishedAt ?? 0),
        publishedBy: link('User', item.publishedBy ?? ''),
      }),
      ...(item.firstPublishedAt !== undefined && {
        firstPublishedAt: stamp(item.firstPublishedAt),
      }),
      publishedCounter: item.snapshots.length,
      ...(item.archivedAt !== undefined && {
        archivedAt: stamp(item.archivedAt),
        archivedVersion: item.version - 1,
      }),
    },
    fields: item.fields,
  };
}

/** A snapshot of an entry, with the entry as it was published. */
export function snapshotRecord(space: Space, environment: string, snapshot: Snapshot) {
  return {
    sys: {
      type: 'Snapshot',
      id: snapshot.id,
      version: 1,
      space: link('Space', space.id),
      snapshotType: 'publish',
      snapshotEntityType: 'Entry',
      createdAt: stamp(snapshot.at),
      createdBy: link('User', snapshot.by),
      updatedAt: stamp(snapshot.at),
      updatedBy: link('User', snapshot.by),
    },
    snapshot: itemRecord(space, environment, snapshot.item),
  };
}

export function contentTypeRecord(space: Space, environment: string, type: ContentType) {
  return {
    sys: {
      type: 'ContentType',
      id: type.id,
      version: 2,
      publishedVersion: 1,
      space: link('Space', space.id),
      environment: link('Environment', environment),
      createdAt: OPENED,
      updatedAt: stamp(type.updatedAt),
      updatedBy: link('User', type.updatedBy),
    },
    name: type.name,
    description: '',
    displayField: type.displayField,
    fields: [
      {
        id: type.displayField,
        name: type.displayField,
        type: 'Symbol',
        localized: true,
        required: false,
      },
    ],
  };
}

export function roleRecord(space: Space, role: Role) {
  const { id, name, description, permissions, policies, version, updatedAt } = role;
  return {
    sys: {
      type: 'Role',
      id,
      version,
      space: link('Space', space.id),
      createdAt: OPENED,
      updatedAt: stamp(updatedAt),
    },
    name,
    description,
    permissions,
    policies,
  };
}

export function userRecord({ id, firstName, lastName }: Editor) {
  return {
    sys: { type: 'User', id, version: 1, createdAt: OPENED, updatedAt: OPENED },
    firstName,
    lastName,
    email: `${firstName.toLowerCase()}@acme.example`,
    avatarUrl: 'https://www.gravatar.com/avatar/0',
    activated: true,
    confirmed: true,
    signInCount: 12,
    preferredLanguage: 'en-US',
    '2faEnabled': true,
    cookieConsentData: '',
  };
}

export function spaceRecord({ id, name }: Space) {
  const organization = { sys: { id: 'acme' } };
  const sys = { type: 'Space', id, version: 1, organization, createdAt: OPENED, updatedAt: OPENED };
  return { sys, name };
}

function link(linkType: string, id: string) {
  return { sys: { type: 'Link', linkType, id } };
}

function stamp(at: number): string {
  return new Date(at).toISOString();
}
