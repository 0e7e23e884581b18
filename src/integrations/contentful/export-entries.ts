import { z } from 'zod';
import { messageOf, OutsideError } from '../../errors.ts';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, pass } from '../checks.ts';
import { createJobs, type JobEnd, jobGone } from '../command/jobs.ts';
import type { Contentful } from './client.ts';
import { readAlias, timeOf } from './environments.ts';
import { EXPORT_ENTRIES, type ExportInput, exportInput } from './export-input.ts';
import type { ContentExport, Exports } from './exports.ts';
import { readChanged, readChosen } from './list-content.ts';
import { readNames } from './people.ts';

/** More is cut, and `truncated` says so. */
const MOST_EXPORTED = 5_000;
/** All of it is this process's own work: what died with it comes to nothing. */
const QUIET_MS = 5_000;
const LIMIT_MS = 30 * 60_000;
const USUAL_MS = 10_000;
const POLL_MS = 1_000;

const ExportHandle = z.object({ key: z.string() });

/**
 * Keeps content in a file before readers lose sight of it. Reads Contentful, and writes nothing but that file. What would
 * hide or write over content refuses to run without it: see `requireExport`.
 */
export function createExportEntries(contentful: Contentful, exports: Exports): Operation {
  const jobs = createJobs();
  const working = new Set<string>();

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    signal.throwIfAborted();
    const { file } = exportInput(input);
    const kept = await exports.find(file);
    const note = kept
      ? `${countsIn(kept)} in ${exports.path(file)}`
      : `no export ${exports.path(file)}`;
    return {
      fingerprint: kept ? 'exported' : 'not exported',
      expected: 'exported',
      moving: working.has(file),
      note,
    };
  }

  async function work(wanted: ExportInput): Promise<JobEnd> {
    working.add(wanted.file);
    try {
      // Owned by the run, not by the call that started it.
      const content = await readExport(contentful, wanted, AbortSignal.timeout(LIMIT_MS));
      await exports.write(wanted.file, content);
      return {
        state: 'succeeded',
        note: `${countsIn(content)} in ${exports.path(wanted.file)}`,
      };
    } catch (error) {
      return { state: 'failed', reason: messageOf(error), nothingDone: true };
    } finally {
      working.delete(wanted.file);
    }
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    copies: true,
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    title(input) {
      const { of } = exportInput(input);
      if ('since' in of) {
        return `Export what changed in ${contentful.on} since ${timeOf(Date.parse(of.since))}`;
      }
      return of.entries.length === 1
        ? 'Export the entry as it is now'
        : `Export ${of.entries.length} entries as they are now`;
    },

    async describe(input, signal) {
      const { file } = exportInput(input);
      const { fingerprint } = await observe(input, signal);
      const from = fingerprint === 'exported' ? 'there already' : 'none';
      const to = 'whole entries and assets as JSON, on the machine that Backstop runs on';
      return [{ what: `file ${exports.path(file)}`, from, to }];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { environment } = exportInput(input);
      const name = 'The export can be written';
      const [{ target }, room] = await Promise.all([
        readAlias(contentful, signal),
        checked(name, true, async () => {
          await exports.mayWrite();
          return pass(name, 'Backstop may write in the directory of exports.');
        }),
      ]);
      return [pass('What is exported', `Environment ${environment ?? target}.`), room];
    },

    async submit(input, intent, signal) {
      const wanted = exportInput(input);
      const seen = await observe(input, signal);
      if (seen.moving || seen.fingerprint === 'exported') {
        throw new OutsideError({
          kind: seen.moving ? 'busy' : 'rejected',
          system: 'Backstop',
          attempted: 'export content',
          on: wanted.file,
          answer: seen.note,
          next: 'Nothing was written; look at the file.',
        });
      }
      jobs.start(intent.key, () => `Exporting to ${exports.path(wanted.file)}.`, work(wanted));
      return { key: intent.key };
    },

    async poll(handle, signal) {
      signal.throwIfAborted();
      const job = jobs.find(ExportHandle.parse(handle).key);
      if (!job) throw jobGone('the export of content');
      if (job.state === 'running') return { state: 'running', note: job.note };
      if (job.state === 'failed') return { state: 'failed', reason: job.reason };
      return { state: 'succeeded' };
    },

    async recover(input, intent, _handle, signal) {
      const seen = await observe(input, signal);
      const found = recoverByLooking(seen, intent);
      return found.state === 'done' ? { ...found, note: `${seen.note}.` } : found;
    },

    manual: (input) => manual(contentful, exports, exportInput(input)),
  };
}

/** Everything that is to be kept, as Contentful has it now. */
async function readExport(
  contentful: Contentful,
  { environment: named, of }: ExportInput,
  signal: AbortSignal,
): Promise<ContentExport> {
  const environment = named ?? (await readAlias(contentful, signal)).target;
  const [entries, assets] =
    'since' in of
      ? await readSince(contentful, environment, Date.parse(of.since), signal)
      : [await readChosen(contentful, environment, of.entries, signal), undefined];
  const whole = [...entries.whole, ...(assets?.whole ?? [])];
  const mentioned = new Set(
    [...entries.items, ...(assets?.items ?? [])].flatMap(({ sys }) =>
      [sys.createdBy, sys.updatedBy, sys.publishedBy].flatMap((by) => (by ? [by.sys.id] : [])),
    ),
  );
  const names = await readNames(contentful, signal);
  return {
    space: contentful.space,
    environment,
    exportedAt: new Date().toISOString(),
    of,
    truncated: entries.total + (assets?.total ?? 0) > whole.length,
    people: Object.fromEntries([...names].filter(([id]) => mentioned.has(id))),
    entries: entries.whole,
    assets: assets?.whole ?? [],
  };
}

async function readSince(
  contentful: Contentful,
  environment: string,
  since: number,
  signal: AbortSignal,
) {
  const o = { environment, since, most: MOST_EXPORTED };
  return [
    await readChanged(contentful, { ...o, kind: 'entry' }, signal),
    await readChanged(contentful, { ...o, kind: 'asset' }, signal),
  ] as const;
}

function countsIn({
  entries,
  assets,
  truncated,
}: {
  readonly entries: readonly unknown[];
  readonly assets: readonly unknown[];
  readonly truncated: boolean;
}): string {
  const counted = [
    `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`,
    ...(assets.length > 0 ? [`${assets.length} ${assets.length === 1 ? 'asset' : 'assets'}`] : []),
  ].join(' and ');
  return truncated ? `${counted}, the newest of more than that, are` : counted;
}

function manual(contentful: Contentful, exports: Exports, input: ExportInput): string {
  const { environment = `the one ${contentful.alias} points at`, of, file } = input;
  const what = 'since' in of ? `everything changed since ${of.since}` : of.entries.join(', ');
  return [
    `Keep ${what} of ${contentful.on}, environment ${environment}:`,
    `1. contentful space export --space-id ${contentful.space} --environment-id ${input.environment ?? 'ID'} --skip-roles --skip-webhooks --content-file ${file}`,
    '   It exports the whole environment, with drafts: --include-drafts.',
    `2. Keep the file where nobody else reads it. Backstop itself puts content back only with its own export, ${exports.path(file)} (operation ${EXPORT_ENTRIES}); without it, put content back by hand too.`,
  ].join('\n');
}
