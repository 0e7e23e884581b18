/** The catalogue over the configured services: loads an environment's integrations when they are first needed. */

import { dirname, join } from 'node:path';
import type { Component } from '../component.ts';
import type { Catalogue, EnvironmentPolicy, Service, Systems } from '../service.ts';
import { announceKinds, componentKinds, type Ingredients, probeKinds } from './index.ts';

interface Configured {
  readonly kind: string;
  readonly settings: unknown;
}

/** A service with the systems of its environments, as the configuration gives them. */
export interface ConfiguredService extends Service {
  readonly announce?: Readonly<Record<string, Configured>> | undefined;
  readonly environments: Readonly<
    Record<
      string,
      EnvironmentPolicy & {
        readonly components: Readonly<Record<string, Configured>>;
        readonly probes: Readonly<Record<string, Configured>>;
      }
    >
  >;
}

/** What of the configuration the catalogue is made from. */
interface Configuration {
  readonly services: Readonly<Record<string, ConfiguredService>>;
  readonly connections: Readonly<Record<string, unknown>>;
  /** `file`: absolute path. */
  readonly journal: { readonly file: string };
}

/** Exports of integrations go beside the journal. */
export function createCatalogue({ services, connections, journal }: Configuration): Catalogue {
  const shared: Shared = { connections, exports: join(dirname(journal.file), 'exports') };
  const loaded = new Map<string, Promise<Systems>>();
  const announcing = new Map<string, Promise<readonly Component[]>>();

  async function load(service: string, environment: string): Promise<Systems> {
    const settings = services[service]?.environments[environment];
    if (!settings) throw new Error(`${service} ${environment} is not in backstop.yaml`);
    const [components, probes] = await Promise.all([
      creatorsOf(componentKinds, settings.components),
      creatorsOf(probeKinds, settings.probes),
    ]);
    return {
      components: together(components, shared),
      probes: probes.map(({ create, id, settings: own }) =>
        create({ id, settings: own, ...shared }),
      ),
    };
  }

  async function loadPlaces(service: string): Promise<readonly Component[]> {
    const configured = Object.hasOwn(services, service) ? services[service]?.announce : undefined;
    const creators = await creatorsOf(announceKinds, configured ?? {});
    return creators.map(({ create, id, settings }) => create({ id, settings, ...shared }));
  }

  return {
    services: () => Object.values(services),
    service: (id) => (Object.hasOwn(services, id) ? services[id] : undefined),
    systems(service, environment) {
      const key = `${service} ${environment}`;
      const known = loaded.get(key) ?? load(service, environment);
      loaded.set(key, known);
      // What could not be loaded is tried again the next time.
      known.catch(() => loaded.delete(key));
      return known;
    },
    places(service) {
      const known = announcing.get(service) ?? loadPlaces(service);
      announcing.set(service, known);
      known.catch(() => announcing.delete(service));
      return known;
    },
  };
}

/** The same for all that are made. */
type Shared = Pick<Ingredients, 'connections' | 'exports'>;

type Create<T> = (from: Ingredients) => T;

interface Creator<T> {
  readonly id: string;
  readonly settings: unknown;
  readonly create: Create<T>;
}

async function creatorsOf<T>(
  kinds: Readonly<Record<string, { load(): Promise<Create<T>> }>>,
  configured: Readonly<Record<string, Configured>>,
): Promise<readonly Creator<T>[]> {
  return Promise.all(
    Object.entries(configured).map(async ([id, { kind, settings }]) => {
      const known = kinds[kind];
      if (!known) throw new Error(`${id} is of kind ${kind}, which no integration offers`);
      return { id, settings, create: await known.load() };
    }),
  );
}

/** Components in their order; one that needs another finds it whichever stands first. */
function together(creators: readonly Creator<Component>[], shared: Shared): readonly Component[] {
  const made = new Map<string, Component>();
  const making = new Set<string>();

  function get(wanted: string): Component | undefined {
    const creator = creators.find(({ id }) => id === wanted);
    const known = made.get(wanted);
    if (known || !creator || making.has(wanted)) return known;
    making.add(wanted);
    const { id, settings, create } = creator;
    const sibling = (other: string) => (other === id ? undefined : get(other));
    const component = create({ id, settings, ...shared, sibling });
    made.set(id, component);
    return component;
  }
  const all = creators.map(({ id }) => get(id)).filter((component) => component !== undefined);
  const held = new Set(all.map(({ hold }) => hold?.insteadOf));
  return all.map((component) => (held.has(component.id) ? withoutHold(component) : component));
}

/** Another component keeps the same still: what is stopped once need not be stopped twice. */
function withoutHold({ hold: _hold, ...component }: Component): Component {
  return component;
}
