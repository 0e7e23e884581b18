import { z } from 'zod';
import type { Component } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import { createFlagComponent, examineFlags, type Flag } from '../flags/index.ts';
import type { Ingredients } from '../index.ts';
import type { Meaning } from '../json-api/failures.ts';
import { createJsonApi } from '../json-api/index.ts';
import { UnleashConnection, UnleashSettings } from './schema.ts';

/** docs.getunleash.io, Admin API, "Features" and "Environments"; the same in Unleash 5 to 7. */
const FeatureRecord = z.object({
  name: z.string(),
  archived: z.boolean().optional(),
  environments: z.array(
    z.object({
      name: z.string(),
      enabled: z.boolean(),
      strategies: z.array(z.unknown()).optional(),
    }),
  ),
});
const ProjectEnvironments = z.object({
  environments: z.array(z.object({ name: z.string(), enabled: z.boolean() })),
});

/** Flags of an Unleash project. Throws ZodError on settings or a connection that were not parsed. */
export function createUnleash(from: Ingredients): Component {
  const { project, environment, flags } = UnleashSettings.parse(from.settings);
  const { baseUrl, token } = UnleashConnection.parse(from.connections['unleash']);
  const api = createJsonApi(
    baseUrl,
    { authorization: token },
    { system: 'Unleash', secrets: [token], meaning: meaningOf },
  );
  const pathOf = (name: string): string =>
    `/api/admin/projects/${encodeURIComponent(project)}/features/${encodeURIComponent(name)}`;

  async function read(name: string, signal: AbortSignal): Promise<Flag> {
    const on = `${name} in ${environment}`;
    const { body } = await api.read(
      { attempted: 'read the flag', on, path: pathOf(name) },
      FeatureRecord,
      signal,
    );
    const here = body.environments.find((each) => each.name === environment);
    if (!here) return { state: `not in the environment ${environment}` };
    const strategies = here.strategies?.length ?? 0;
    return {
      state: body.archived ? 'archived' : here.enabled ? 'on' : 'off',
      serves: (state) =>
        state === 'off'
          ? 'off for everybody'
          : strategies === 0
            ? 'on for everybody'
            : 'on by its strategies',
    };
  }

  return createFlagComponent(from.id, {
    kind: 'unleash',
    title: `Unleash ${project} ${environment}`,
    names: flags,
    reachesWithin: 'half a minute: SDKs ask every 15 seconds, through Unleash Edge a little later',
    read,
    async write(name, to, _intent, signal) {
      await api.change(
        {
          method: 'POST',
          attempted: `switch the flag ${to}`,
          on: `${name} in ${environment}`,
          path: `${pathOf(name)}/environments/${encodeURIComponent(environment)}/${to}`,
        },
        signal,
      );
    },
    manual: (name, to) =>
      `Open ${new URL(baseUrl).host}, project ${project}, flag ${name}, and switch the environment ${environment} ${to}.`,
    async doctor(signal) {
      const environmentLook = finding(`Unleash ${project} ${environment}`, 'fail', async () => {
        const { body } = await api.read(
          {
            attempted: 'read the environments',
            on: `project ${project}`,
            path: `/api/admin/environments/project/${encodeURIComponent(project)}`,
          },
          ProjectEnvironments,
          signal,
        );
        const here = body.environments.find(({ name }) => name === environment);
        if (here?.enabled) return passed('the environment is there');
        const known = body.environments.map(({ name }) => name).join(', ');
        return warned(
          `there is no enabled environment ${environment}`,
          `Use one of these in backstop.yaml: ${known}.`,
        );
      });
      return Promise.all([environmentLook, ...examineFlags(flags, read, signal)]);
    },
  });
}

/** `{ id, name, message, details: [{ message }] }`. */
function meaningOf(status: number, body: unknown): Meaning {
  const said = z.object({
    name: z.string().optional(),
    message: z.string().optional(),
    details: z.array(z.object({ message: z.string().optional() })).optional(),
  });
  const { name, message, details } = said.safeParse(body).data ?? {};
  return {
    code: name,
    message: details?.[0]?.message ?? message,
    next:
      status === 403
        ? 'Give the account UPDATE_FEATURE_ENVIRONMENT in this environment; where change requests are on, also SKIP_CHANGE_REQUEST.'
        : undefined,
  };
}
