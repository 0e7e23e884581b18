/** The shape of `backstop.yaml` as zod: the one source for parsing, for error texts and for the JSON Schema of editors. */

import { z } from 'zod';
import type { Kinds } from './config.ts';
import { Incidents, Journal, Slack } from './schema-app.ts';
import {
  Approval,
  Contact,
  Monitor,
  Principals,
  Release,
  Slug,
  Verification,
} from './schema-service.ts';

/** A file that passed `configSchema`: the fixed keys; connections stand beside them at top level. */
export type ConfigFile = z.output<ReturnType<typeof fixedPart>>;

/** The schema of the whole file for the given kinds. Unknown keys are refused at every level that Backstop owns. */
export function configSchema(kinds: Kinds): z.ZodType<ConfigFile & Record<string, unknown>> {
  const connections = Object.entries(kinds.connections).map(
    ([name, settings]) => [name, settings.strict().exactOptional()] as const,
  );
  // The connections' keys are known only at run time, so their types cannot be.
  return fixedPart(kinds).extend(Object.fromEntries(connections)) as unknown as z.ZodType<
    ConfigFile & Record<string, unknown>
  >;
}

function fixedPart(kinds: Kinds) {
  return z.strictObject({
    slack: Slack,
    journal: Journal,
    incidents: Incidents,
    playbooks: z
      .string()
      .min(1)
      .describe(
        'A folder of playbooks of your own, *.yaml; one with the name of a shipped one takes its place. Relative to this file.',
      )
      .exactOptional(),
    services: filled(
      z.record(Slug, service(kinds)),
      'at least one service, such as `checkout:` with its environments',
    ),
  });
}

function service(kinds: Kinds) {
  return z.strictObject({
    name: z.string().min(1).max(80).describe('For people; the id when absent.').exactOptional(),
    responders: Principals.describe('Invited to the channel of each incident of this service.'),
    contacts: z
      .array(Contact)
      .describe('Whom to call when a rollback is not enough; shown when responders escalate.')
      .default([]),
    announce: z
      .record(Slug, configured(kinds.announce))
      .describe(
        'Where people outside are told of an incident, each with its `kind`; nothing is published before somebody approves it.',
      )
      .default({}),
    environments: filled(
      z.record(Slug, environment(kinds)).superRefine((environments, context) => {
        for (const [name, { drills }] of Object.entries(environments)) {
          if (drills !== true || !PRODUCTION.test(name)) continue;
          const message =
            'left out: people practise on staging or a simulation, never on production';
          context.addIssue({ code: 'custom', path: [name, 'drills'], message });
        }
      }),
      'at least one environment, such as `production:`',
    ),
  });
}

/** Names by which an environment says that it is the real one: `production`, `prod-eu`, `eu-live`. */
const PRODUCTION = /(^|-)(prod|production|live)(-|$)/;

function environment(kinds: Kinds) {
  const settings = z.strictObject({
    components: z
      .record(Slug, configured(kinds.components))
      .describe('What can be put back, each with the `kind` of system that runs it.')
      .default({}),
    probes: z
      .record(Slug, configured(kinds.probes))
      .describe(
        'What tells whether the environment is healthy; all must pass after a rollback. One at least where there are components.',
      )
      .default({}),
    drills: z
      .boolean()
      .describe(
        'Whether `/incident drill` may be used on it; refused for one whose name says that it is production.',
      )
      .exactOptional(),
    verification: Verification,
    monitor: Monitor,
    approval: Approval,
    release: Release,
  });
  return settings.refine(
    ({ components, probes }) =>
      Object.keys(components).length === 0 || Object.keys(probes).length > 0,
    { path: ['probes'], error: 'at least one probe, without which no rollback can be verified' },
  );
}

/** One of the registered kinds: `kind` picks the schema, the rest are its settings. */
function configured(kinds: Kinds['probes']) {
  const [first, ...others] = Object.entries(kinds).map(([kind, { settings }]) =>
    settings.safeExtend({ kind: z.literal(kind) }).strict(),
  );
  const chosen = first ? z.discriminatedUnion('kind', [first, ...others]) : z.never();
  return chosen.transform(({ kind, ...settings }: Record<string, unknown>) => ({
    kind: String(kind),
    settings: settings as unknown,
  }));
}

function filled<T extends z.ZodRecord>(record: T, expected: string): T {
  return record.refine((entries) => Object.keys(entries).length > 0, { error: expected });
}
