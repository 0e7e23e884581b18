/** The catalogue over the configured services: loads an environment's integrations when they are first needed. */

import type { Catalogue, EnvironmentPolicy, Service, Systems } from '../service.ts';
import { componentKinds, probeKinds } from './index.ts';

interface Configured {
  readonly kind: string;
  readonly settings: unknown;
}

/** A service with the systems of its environments, as the configuration gives them. */
export interface ConfiguredService extends Service {
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

export function createCatalogue(
  services: Readonly<Record<string, ConfiguredService>>,
  connections: Readonly<Record<string, unknown>>,
): Catalogue {
  const loaded = new Map<string, Promise<Systems>>();

  async function load(service: string, environment: string): Promise<Systems> {
    const settings = services[service]?.environments[environment];
    if (!settings) throw new Error(`${service} ${environment} is not in backstop.yaml`);
    const [components, probes] = await Promise.all([
      Promise.all(
        entries(settings.components).map((entry) => make(componentKinds, entry, connections)),
      ),
      Promise.all(entries(settings.probes).map((entry) => make(probeKinds, entry, connections))),
    ]);
    return { components, probes };
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
  };
}

type Loadable<T> = Readonly<
  Record<
    string,
    {
      load(): Promise<
        (from: {
          id: string;
          settings: unknown;
          connections: Readonly<Record<string, unknown>>;
        }) => T
      >;
    }
  >
>;

async function make<T>(
  kinds: Loadable<T>,
  [id, { kind, settings }]: readonly [string, Configured],
  connections: Readonly<Record<string, unknown>>,
): Promise<T> {
  const known = kinds[kind];
  if (!known) throw new Error(`${id} is of kind ${kind}, which no integration offers`);
  const create = await known.load();
  return create({ id, settings, connections });
}

function entries(
  of: Readonly<Record<string, Configured>>,
): readonly (readonly [string, Configured])[] {
  return Object.entries(of);
}
