/**
 * The systems Backstop can drive. To add one: a folder beside this file, one line in a registry below, one contract test.
 * A module is imported only when a configured service uses its kind, so that no SDK loads in vain.
 */

import type { z } from 'zod';
import type { Component, Probe } from '../component.ts';
import { AzureAppServiceSettings, AzureConnection } from './azure-app-service/schema.ts';
import { GitHubConnection, GitHubRepositorySettings } from './github-repository/schema.ts';
import { createHttpProbe, HttpProbeSettings } from './http-probe.ts';

/** What a component or probe is made from: its id, its parsed settings, and the parsed top-level `connections` of the configuration. */
export interface Ingredients {
  readonly id: string;
  readonly settings: unknown;
  readonly connections: Readonly<Record<string, unknown>>;
}

export interface ComponentKind {
  /** The settings of one component of this kind in `backstop.yaml`, without `kind`. */
  readonly settings: z.ZodObject;
  /** The top-level connection it needs, e.g. `azure`. */
  readonly connection?: string;
  load(): Promise<(from: Ingredients) => Component>;
}

export interface ProbeKind {
  readonly settings: z.ZodObject;
  load(): Promise<(from: Ingredients) => Probe>;
}

/** By the `kind` of a component in `backstop.yaml`. */
export const componentKinds: Readonly<Record<string, ComponentKind>> = {
  'azure-app-service': {
    settings: AzureAppServiceSettings,
    connection: 'azure',
    load: async () => (await import('./azure-app-service/index.ts')).createAzureAppService,
  },
  'github-repository': {
    settings: GitHubRepositorySettings,
    connection: 'github',
    load: async () => (await import('./github-repository/index.ts')).createGitHubRepository,
  },
};

/** By the `kind` of a probe in `backstop.yaml`. */
export const probeKinds: Readonly<Record<string, ProbeKind>> = {
  http: { settings: HttpProbeSettings, load: async () => createHttpProbe },
};

/**
 * The top-level `connections` of `backstop.yaml`. Fields that are secrets say so in their metadata
 * (`schema.meta()?.secret`), so that the configuration resolves them from `env:` or `file:` and never prints them.
 */
export const connectionSchemas: Readonly<Record<string, z.ZodObject>> = {
  azure: AzureConnection,
  github: GitHubConnection,
};
