import { z } from 'zod';
import { OutsideError, Refusal } from '../../errors.ts';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  type OperationCall,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { Contentful } from './client.ts';
import { type EnvironmentState, readAlias, readEnvironment, timeOf } from './environments.ts';
import { SYSTEM } from './errors.ts';
import { exportCall, exportName } from './export-input.ts';
import { ExportName, type Exports } from './exports.ts';
import { readLosses } from './losses.ts';
import { exportCheck, requireExport } from './require-export.ts';

export const REPOINT_ALIAS = 'repoint-alias';

/** A request that names an old version is refused, so a lost one that lands late does nothing. */
const QUIET_MS = 60_000;
const LIMIT_MS = 5 * 60_000;
const USUAL_MS = 5_000;
const POLL_MS = 1_000;

/**
 * What the alias is to stand for; what it stood for where that is known, which is the way back; the export that must be
 * there, of what readers lose sight of; and since when (ISO 8601) what is written into `environment` would be lost sight of by
 * taking this back.
 */
const RepointInput = z.strictObject({
  environment: z.string().min(1),
  replaces: z.string().min(1).optional(),
  exported: ExportName.optional(),
  since: z.iso.datetime().optional(),
});
type RepointInput = z.infer<typeof RepointInput>;

const RepointHandle = z.object({ environment: z.string(), before: z.string() });

/** The call that puts readers onto `environment`. */
export function repointCall(input: {
  readonly environment: string;
  readonly replaces: string | undefined;
  readonly exported?: string | undefined;
  readonly since?: string | undefined;
}): OperationCall {
  const given = Object.entries(input).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { operation: REPOINT_ALIAS, input: Object.fromEntries(given) };
}

/** Points the alias at another environment, conditional on the version that was read. Nothing is deleted or copied. */
export function createRepointAlias(contentful: Contentful, exports: Exports): Operation {
  const alias = `alias ${contentful.alias}`;

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { environment } = repointInput(input);
    const { target } = await readAlias(contentful, signal);
    const note = `${alias} on ${target}`;
    return { fingerprint: target, expected: environment, moving: false, note };
  }

  return {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    title: (input) => `Point ${alias} of ${contentful.on} at ${repointInput(input).environment}`,

    async describe(input, signal) {
      const { environment } = repointInput(input);
      const { target } = await readAlias(contentful, signal);
      return [{ what: alias, from: target, to: environment }];
    },

    async preflight(input, signal) {
      const { environment, replaces, exported: file } = repointInput(input);
      const [{ target }, found] = await Promise.all([
        readAlias(contentful, signal),
        readEnvironment(contentful, environment, signal),
      ]);
      return [
        targetCheck(environment, found),
        liveCheck(alias, target, environment, replaces),
        ...(file ? [await exportCheck(contentful, exports, { file, environment: replaces })] : []),
      ];
    },

    async submit(input, intent, signal) {
      const { environment, replaces, exported: file } = repointInput(input);
      const { target, version } = await readAlias(contentful, signal);
      const attempted = `point ${alias} at ${environment}`;
      if (file) {
        await requireExport(contentful, exports, { file, environment: replaces }, attempted);
      }
      if (target !== intent.before) throw changedMeanwhile(contentful, attempted, target);
      await contentful.change(
        attempted,
        (client) =>
          client.environmentAlias.update(
            { environmentAliasId: contentful.alias },
            // The SDK sends only the version of `sys`, as a header.
            {
              sys: { version } as Parameters<typeof client.environmentAlias.update>[1]['sys'],
              environment: { sys: { type: 'Link', linkType: 'Environment', id: environment } },
            },
          ),
        signal,
      );
      return { environment, before: intent.before };
    },

    async poll(handle, signal) {
      const { environment, before } = RepointHandle.parse(handle);
      const { target } = await readAlias(contentful, signal);
      if (target === environment) return { state: 'succeeded' };
      if (target === before)
        return { state: 'running', note: 'Contentful does not show the change yet.' };
      return { state: 'failed', reason: `${alias} points at ${target}; somebody changed it.` };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },

    undo(input) {
      const { environment, replaces, since } = repointInput(input);
      if (replaces === undefined) {
        const text = `Nobody recorded what ${alias} pointed at before, so it is taken back by hand.`;
        throw new Refusal('not-possible', text);
      }
      // One that knows no time was planned without an export, too.
      const exported = since && exportName(contentful.space, new Date());
      return repointCall({ environment: replaces, replaces: environment, exported });
    },

    async beforeUndo(input, undo, signal) {
      const { environment, since } = repointInput(input);
      const { environment: back, exported: file } = repointInput(undo.input);
      if (since === undefined || file === undefined) return { copies: [], losses: [] };
      return {
        copies: [exportCall({ file, environment, of: { since } })],
        losses: await readLosses(contentful, back, Date.parse(since), signal),
      };
    },

    manual(input) {
      const { environment } = repointInput(input);
      return [
        `Point ${alias} of ${contentful.on} at ${environment}:`,
        `1. In Contentful: Settings > Environments. If ${contentful.alias} points at ${environment}, stop: it is done. Write down what it points at now; that is the way back.`,
        `2. Beside ${contentful.alias}: Change alias target; choose ${environment}; confirm.`,
        `   Or: contentful space environment-alias update --space-id ${contentful.space} --alias-id ${contentful.alias} --target-environment-id ${environment}`,
        '3. Open the site and see the earlier content. What caches it (CDN, static pages) must be purged or built again.',
      ].join('\n');
    },
  };
}

function targetCheck(id: string, found: EnvironmentState | undefined): Check {
  const name = 'The environment can take over';
  if (!found) return fail(name, `There is no environment ${id}; it may have been deleted.`);
  if (found.status === 'failed') return fail(name, `Contentful failed to clone ${id}.`);
  if (found.status === 'cloning') return fail(name, `${id} is still being cloned; wait for it.`);
  return pass(name, `${id} is ready, cloned at ${timeOf(found.createdAt)}.`);
}

function liveCheck(
  alias: string,
  target: string,
  environment: string,
  replaces: string | undefined,
): Check {
  const name = 'The alias is as expected';
  if (target === environment) return pass(name, `${alias} points there already.`);
  if (replaces !== undefined && target !== replaces) {
    return fail(name, `${alias} points at ${target}, not at ${replaces}: somebody changed it.`);
  }
  return pass(name, `${alias} points at ${target}, which stays as it is.`);
}

function changedMeanwhile(contentful: Contentful, attempted: string, target: string): OutsideError {
  return new OutsideError({
    kind: 'busy',
    system: SYSTEM,
    attempted,
    on: contentful.on,
    answer: `it points at ${target} by now`,
    next: 'Look at why it was changed before it is pointed elsewhere.',
  });
}

function repointInput(input: Json): RepointInput {
  const parsed = RepointInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const text = 'Repointing the alias needs `environment`, the id of an environment.';
  throw new Refusal('invalid-input', text, 'environment');
}
