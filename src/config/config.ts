/** What `backstop.yaml` says once it has been read: references resolved, defaults filled in, durations in milliseconds. */

import type { z } from 'zod';
import type { EnvironmentPolicy, Service } from '../service.ts';
import type { Incidents, Slack } from './schema-app.ts';

/** What integrations offer to the configuration; the registries of `src/integrations/index.ts` fit as they are. */
export interface Kinds {
  /** By the `kind` of a component: its settings without `kind`, and the top-level connection that it needs. */
  readonly components: Readonly<
    Record<string, { readonly settings: z.ZodObject; readonly connection?: string }>
  >;
  /** By the `kind` of a probe. */
  readonly probes: Readonly<
    Record<string, { readonly settings: z.ZodObject; readonly connection?: string }>
  >;
  /** By the `kind` of a place where people outside are told; as components. */
  readonly announce: Readonly<
    Record<string, { readonly settings: z.ZodObject; readonly connection?: string }>
  >;
  /** By the top-level key. Secret fields carry `.meta({ secret: true })`. */
  readonly connections: Readonly<Record<string, z.ZodObject>>;
}

export interface Config {
  readonly slack: SlackSettings;
  readonly journal: { /** Absolute path. */ readonly file: string };
  readonly incidents: IncidentSettings;
  /** Absolute path of the folder of the team's own playbooks. */
  readonly playbooks?: string;
  /** The parsed settings of each connection in the file, by its top-level key. */
  readonly connections: Readonly<Record<string, unknown>>;
  readonly services: Readonly<Record<string, ServiceSettings>>;
  /** What works but should be changed, one sentence each, for the log and for `doctor`. */
  readonly warnings: readonly string[];
  /** Every value of a secret field, for `createRedactor`. Never log or show these. */
  readonly secrets: readonly string[];
}

/** `mode` tells which credential is there for certain: `appToken` with `socket`, `signingSecret` with `http`. */
export type SlackSettings = Readonly<z.output<typeof Slack>>;

export type IncidentSettings = Readonly<z.output<typeof Incidents>>;

/** A service of the catalogue, and the systems behind each of its environments. */
export interface ServiceSettings extends Service {
  readonly announce: Readonly<Record<string, Configured>>;
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
}

export interface EnvironmentSettings extends EnvironmentPolicy {
  readonly components: Readonly<Record<string, Configured>>;
  readonly probes: Readonly<Record<string, Configured>>;
}

/** A component or probe: the kind that an integration registered, and its settings as that kind's schema parsed them. */
export interface Configured {
  readonly kind: string;
  readonly settings: unknown;
}
