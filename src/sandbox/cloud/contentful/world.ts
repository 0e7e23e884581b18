/** A person with access to the space. `role` is the id of theirs; without one they are an administrator. */
export interface Editor {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role?: string;
}

export type Fields = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Snapshot {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly item: Item;
}

/** An entry or an asset. */
export interface Item {
  readonly id: string;
  readonly type: 'Entry' | 'Asset';
  /** Of entries. */
  readonly contentType?: string;
  fields: Fields;
  version: number;
  readonly createdAt: number;
  readonly createdBy: string;
  updatedAt: number;
  updatedBy: string;
  publishedVersion?: number | undefined;
  publishedAt?: number | undefined;
  publishedBy?: string | undefined;
  firstPublishedAt?: number | undefined;
  archivedAt?: number | undefined;
  /** One for each time it was published, newest first. */
  snapshots: readonly Snapshot[];
}

export interface ContentType {
  readonly id: string;
  readonly name: string;
  readonly displayField: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

export interface Environment {
  readonly id: string;
  name: string;
  status: 'queued' | 'ready' | 'failed';
  version: number;
  readonly createdAt: number;
  readonly createdBy: string;
  /** From when its content can be read; an environment calls itself ready a little earlier. */
  readableAt: number;
  readonly items: Map<string, Item>;
  readonly contentTypes: Map<string, ContentType>;
}

export interface Alias {
  readonly id: string;
  target: string;
  version: number;
}

export interface Policy {
  readonly effect: string;
  readonly actions: readonly string[] | 'all';
  readonly constraint?: unknown;
}

export interface Role {
  readonly id: string;
  name: string;
  description: string;
  permissions: Readonly<Record<string, unknown>>;
  policies: readonly Policy[];
  version: number;
  updatedAt: number;
}

export interface Space {
  readonly id: string;
  readonly name: string;
  readonly environments: Map<string, Environment>;
  readonly aliases: Map<string, Alias>;
  readonly roles: Map<string, Role>;
  readonly users: Editor[];
}

/** An environment with nothing in it. */
export function createEnvironment(o: {
  readonly id: string;
  readonly by: string;
  readonly at: number;
}): Environment {
  return {
    id: o.id,
    name: o.id,
    status: 'ready',
    version: 1,
    createdAt: o.at,
    createdBy: o.by,
    readableAt: o.at,
    items: new Map(),
    contentTypes: new Map(),
  };
}

/** Copies content and model as they are now; entries keep their histories, which another environment does not show. */
export function copyContent(from: Environment, to: Environment): void {
  for (const [id, item] of from.items) to.items.set(id, structuredClone(item));
  for (const [id, type] of from.contentTypes) to.contentTypes.set(id, type);
}

/** The environment an id or the id of an alias stands for. */
export function environmentOf(space: Space, id: string): Environment | undefined {
  return space.environments.get(space.aliases.get(id)?.target ?? id);
}

/** The ids of the aliases that stand for an environment. */
export function aliasesOf(space: Space, environment: string): readonly string[] {
  return [...space.aliases.values()].filter((one) => one.target === environment).map((a) => a.id);
}

/** Writes new fields; what is published stays. */
export function updateItem(item: Item, fields: Fields, by: string, at: number): void {
  item.fields = structuredClone(fields);
  item.version += 1;
  item.updatedAt = at;
  item.updatedBy = by;
}

/** Publishes the current version, of which a snapshot is kept. */
export function publishItem(item: Item, by: string, at: number): void {
  item.publishedVersion = item.version;
  item.publishedAt = at;
  item.firstPublishedAt ??= at;
  item.publishedBy = by;
  item.version += 1;
  item.updatedAt = at;
  item.updatedBy = by;
  const { snapshots, ...state } = structuredClone(item);
  const id = `${item.id}-${snapshots.length + 1}`;
  item.snapshots = [{ id, at, by, item: { ...state, snapshots: [] } }, ...item.snapshots];
}

/** Takes an item off the site; its fields stay as a draft. */
export function unpublishItem(item: Item, by: string, at: number): void {
  item.publishedVersion = undefined;
  item.publishedAt = undefined;
  item.publishedBy = undefined;
  item.version += 1;
  item.updatedAt = at;
  item.updatedBy = by;
}

/** True when a role's policies let somebody publish an item; a denial outweighs every permission. */
export function mayPublish(role: Role | undefined, item: Item): boolean {
  if (!role) return true;
  const about = role.policies.filter(
    ({ actions, constraint }) =>
      (actions === 'all' || actions.includes('publish')) && holds(constraint, item),
  );
  return (
    about.some(({ effect }) => effect === 'allow') && !about.some(({ effect }) => effect === 'deny')
  );
}

/** Whether a constraint applies to an item. It may ask for type and content type; without a constraint it applies to all. */
function holds(constraint: unknown, item: Item): boolean {
  if (typeof constraint !== 'object' || constraint === null) return true;
  return Object.entries(constraint).every(([rule, parts]: [string, unknown]) => {
    const list: readonly unknown[] = Array.isArray(parts) ? parts : [parts];
    if (rule === 'and') return list.every((part) => holds(part, item));
    if (rule === 'or') return list.some((part) => holds(part, item));
    if (rule === 'not') return !list.every((part) => holds(part, item));
    const asked = JSON.stringify(list[0] ?? null);
    if (asked.includes('sys.contentType.sys.id')) return item.contentType === list[1];
    return asked.includes('sys.type') && item.type === list[1];
  });
}
