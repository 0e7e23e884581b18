import { z } from 'zod';
import type { Component } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import { createFlagComponent, examineFlags, type Flag } from '../flags/index.ts';
import type { Ingredients } from '../index.ts';
import type { Meaning } from '../json-api/failures.ts';
import { createJsonApi } from '../json-api/index.ts';
import { LaunchDarklyConnection, LaunchDarklySettings } from './schema.ts';

/** apidocs.launchdarkly.com, "Feature flags" and "Environments", API version 20240415. */
const API_VERSION = '20240415';

const Variation = z.object({ value: z.json(), name: z.string().optional() });
const FlagRecord = z.object({
  archived: z.boolean(),
  variations: z.array(Variation),
  environments: z.record(
    z.string(),
    z.object({
      on: z.boolean(),
      archived: z.boolean().optional(),
      version: z.int(),
      offVariation: z.int().nullish(),
    }),
  ),
});
const EnvironmentRecord = z.object({
  key: z.string(),
  name: z.string(),
  approvalSettings: z.object({ required: z.boolean().optional() }).optional(),
});

/** Flags of a LaunchDarkly project. Throws ZodError on settings or a connection that were not parsed. */
export function createLaunchDarkly(from: Ingredients): Component {
  const { project, environment, flags } = LaunchDarklySettings.parse(from.settings);
  const { baseUrl, token } = LaunchDarklyConnection.parse(from.connections['launchdarkly']);
  const api = createJsonApi(
    baseUrl,
    { authorization: token, 'ld-api-version': API_VERSION },
    { system: 'LaunchDarkly', secrets: [token], meaning: meaningOf },
  );
  const pathOf = (name: string): string =>
    `/api/v2/flags/${encodeURIComponent(project)}/${encodeURIComponent(name)}`;

  async function read(name: string, signal: AbortSignal): Promise<Flag> {
    const path = `${pathOf(name)}?env=${encodeURIComponent(environment)}`;
    const on = `${name} in ${environment}`;
    const { body } = await api.read({ attempted: 'read the flag', on, path }, FlagRecord, signal);
    const here = body.environments[environment];
    if (!here) return { state: `not in the environment ${environment}` };
    const off = here.offVariation ?? undefined;
    return {
      state: body.archived || here.archived ? 'archived' : here.on ? 'on' : 'off',
      serves: (state) =>
        state === 'off' ? `serves ${wordsOf(body.variations[off ?? -1])}` : 'serves by its rules',
    };
  }

  return createFlagComponent(from.id, {
    kind: 'launchdarkly',
    title: `LaunchDarkly ${project} ${environment}`,
    names: flags,
    reachesWithin: 'seconds, where they listen to LaunchDarkly’s stream',
    read,
    async write(name, to, intent, signal) {
      const kind = to === 'on' ? 'turnFlagOn' : 'turnFlagOff';
      await api.change(
        {
          method: 'PATCH',
          attempted: `switch the flag ${to}`,
          on: `${name} in ${environment}`,
          path: pathOf(name),
          headers: {
            'content-type': 'application/json; domain-model=launchdarkly.semanticpatch',
          },
          body: {
            environmentKey: environment,
            comment: `Backstop, ${intent.run} step ${intent.step}`,
            instructions: [{ kind }],
          },
        },
        signal,
      );
    },
    manual: (name, to) =>
      `Open ${new URL(baseUrl).host}, project ${project}, flag ${name}, environment ${environment}; turn targeting ${to}, and press Review and save.`,
    async doctor(signal) {
      const environmentLook = finding(
        `LaunchDarkly ${project} ${environment}`,
        'fail',
        async () => {
          const path = `/api/v2/projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}`;
          const { body } = await api.read(
            { attempted: 'read the environment', on: `${project} ${environment}`, path },
            EnvironmentRecord,
            signal,
          );
          return body.approvalSettings?.required
            ? warned(
                `${body.name} asks for approvals of its own`,
                'Give the role of the token bypassRequiredApproval, or switch flags by hand there.',
              )
            : passed(`${body.name} can be read`);
        },
      );
      return Promise.all([environmentLook, ...examineFlags(flags, read, signal)]);
    },
  });
}

/** LaunchDarkly tells by 405 that the environment asks for approvals of its own, and nothing was changed. */
function meaningOf(status: number, body: unknown): Meaning {
  const said = z.object({ code: z.string().optional(), message: z.string().optional() });
  const { code, message } = said.safeParse(body).data ?? {};
  const next =
    status === 405
      ? 'This environment asks for approvals in LaunchDarkly: request it there, or give the role of the token bypassRequiredApproval.'
      : status === 409
        ? 'Somebody changes the flag at the same time; look at it, then try again.'
        : undefined;
  return { code, message, next };
}

function wordsOf(variation: z.infer<typeof Variation> | undefined): string {
  if (!variation) return 'the default in the code';
  return variation.name ?? JSON.stringify(variation.value).slice(0, 60);
}
