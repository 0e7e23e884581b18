import type { Agenda } from '../agenda.ts';
import {
  type ContentType,
  copyContent,
  createEnvironment,
  type Editor,
  type Environment,
  environmentOf,
  type Fields,
  type Item,
  mayPublish,
  type Policy,
  publishItem,
  type Role,
  type Space,
  unpublishItem,
  updateItem,
} from './world.ts';

const ADMIN = 'user-admin';

/** A space as the people of the content team work in it, in the web app; nothing of it counts as a request. */
export interface SpaceEditor {
  readonly id: string;
  /** The environment the alias `master` stands for. */
  readonly live: string;
  readonly environments: readonly string[];
  environment(id: string): Environment;
  role(id: string): Role;
  entry(id: string, environment?: string): Item;
  addUser(user: Editor): void;
  addRole(o: {
    readonly id: string;
    readonly name: string;
    readonly policies: readonly Policy[];
    readonly description?: string;
  }): void;
  /** Somebody deletes a role. */
  removeRole(id: string): void;
  /** Adds an alias beside `master`. */
  addAlias(id: string, environment: string): void;
  /** Adds an environment, a copy of `from` where it is given. */
  addEnvironment(id: string, o?: { from?: string; at?: number; by?: string }): void;
  /** Somebody deletes what a clone that failed left behind. */
  removeFailedClones(): void;
  addContentType(type: Pick<ContentType, 'id' | 'name' | 'displayField'>): void;
  /** Somebody points the alias `master` at another environment. */
  repoint(environment: string): void;
  /** Somebody changes what a role may do. */
  setPolicies(role: string, policies: readonly Policy[]): void;
  /** Somebody writes an entry or asset as a draft, new or not, in the live environment unless named. */
  write(
    by: string,
    item: { id: string; type?: Item['type']; contentType?: string; fields: Fields },
  ): void;
  /** Somebody publishes it. False when their role does not let them. */
  publish(by: string, id: string): boolean;
  /** Somebody takes it off the site. False when their role does not let them. */
  unpublish(by: string, id: string): boolean;
  /** Somebody deletes it. */
  remove(id: string): void;
}

/** A space to work in. Throws where a story names something that is not there. */
export function createSpaceEditor(space: Space, agenda: Agenda): SpaceEditor {
  const need = <T>(found: T | undefined, what: string): T => {
    if (found === undefined) throw new Error(`The space ${space.id} has no ${what}.`);
    return found;
  };
  const environment = (id: string): Environment => {
    agenda.settle();
    return need(environmentOf(space, id), `environment ${id}`);
  };
  const entry = (id: string, where = 'master'): Item =>
    need(environment(where).items.get(id), `entry ${id}`);
  const role = (id: string): Role => need(space.roles.get(id), `role ${id}`);

  function allowed(by: string, item: Item): boolean {
    const user = need(
      space.users.find((one) => one.id === by),
      `user ${by}`,
    );
    return mayPublish(user.role === undefined ? undefined : role(user.role), item);
  }

  return {
    id: space.id,
    get live() {
      agenda.settle();
      return environment('master').id;
    },
    get environments() {
      agenda.settle();
      return [...space.environments.keys()];
    },
    environment,
    role,
    entry,
    addUser(user) {
      space.users.push(user);
    },
    addRole({ id, name, policies, description }) {
      space.roles.set(id, {
        id,
        name,
        description: description ?? '',
        permissions: {
          ContentModel: ['read'],
          ContentDelivery: [],
          Environments: [],
          EnvironmentAliases: [],
          Settings: [],
          Tags: [],
        },
        policies,
        version: 1,
        updatedAt: agenda.now(),
      });
    },
    removeRole(id) {
      space.roles.delete(id);
    },
    addAlias(id, target) {
      space.aliases.set(id, { id, target: environment(target).id, version: 1 });
    },
    addEnvironment(id, { from, at = agenda.now(), by = ADMIN } = {}) {
      const made = createEnvironment({ id, by, at });
      if (from !== undefined) copyContent(environment(from), made);
      space.environments.set(id, made);
    },
    removeFailedClones() {
      agenda.settle();
      for (const { id, status } of space.environments.values()) {
        if (status === 'failed') space.environments.delete(id);
      }
    },
    addContentType(type) {
      const at = { updatedAt: agenda.now(), updatedBy: ADMIN };
      environment('master').contentTypes.set(type.id, { ...type, ...at });
    },
    repoint(target) {
      const alias = need(space.aliases.get('master'), 'alias master');
      alias.target = environment(target).id;
      alias.version += 1;
    },
    setPolicies(id, policies) {
      const found = role(id);
      found.policies = policies;
      found.version += 1;
    },
    write(by, { id, type = 'Entry', contentType = type === 'Entry' ? 'page' : undefined, fields }) {
      const { items } = environment('master');
      const existing = items.get(id);
      if (existing) {
        updateItem(existing, fields, by, agenda.now());
        return;
      }
      const at = agenda.now();
      items.set(id, {
        id,
        type,
        ...(contentType !== undefined && { contentType }),
        fields,
        version: 1,
        createdAt: at,
        createdBy: by,
        updatedAt: at,
        updatedBy: by,
        snapshots: [],
      });
    },
    publish(by, id) {
      const item = entry(id);
      if (!allowed(by, item)) return false;
      publishItem(item, by, agenda.now());
      return true;
    },
    unpublish(by, id) {
      const item = entry(id);
      if (!allowed(by, item)) return false;
      unpublishItem(item, by, agenda.now());
      return true;
    },
    remove(id) {
      environment('master').items.delete(id);
    },
  };
}
