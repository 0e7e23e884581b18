import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Contentful } from './client.ts';
import { type EntryProgress, readProgress, type Stage } from './entry-progress.ts';
import { readAlias } from './environments.ts';
import type { Exports } from './exports.ts';
import { inTurn } from './in-turn.ts';
import { exportCheck, requireExport, type WantedExport } from './require-export.ts';
import { revertEntry } from './revert-entry.ts';
import { type RevertInput, revertInput } from './revert-input.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 30 * 60_000;
const USUAL_MS = 30_000;
const POLL_MS = 2_000;
const DONE = 'reverted';

/** What was asked, and how far it had come when the submission ended. */
const RevertHandle = z.object({ input: z.json(), done: z.array(z.string()) });

/**
 * Puts chosen entries back to a state that was published before, or takes them off the site. Many requests, each
 * conditional on the version the plan saw; stopped half-way it finds what is done and goes on with the rest.
 */
export function createRevertEntries(contentful: Contentful, exports: Exports): Operation {
  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const wanted = revertInput(input);
    const progress = await readProgress(contentful, wanted, signal);
    const foreign = progress.filter(({ stage }) => stage === 'foreign');
    const done = progress.filter(({ stage }) => stage === 'done').length;
    return {
      fingerprint: fingerprintOf(wanted, progress),
      expected: DONE,
      moving: false,
      note:
        foreign.length > 0
          ? foreign.map(({ note }) => note).join(', ')
          : `${done} of ${progress.length} entries reverted`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    title(input) {
      const { length } = revertInput(input).entries;
      return `Put ${length === 1 ? 'one entry' : `${length} entries`} back to what was published before`;
    },

    async describe(input, signal) {
      const wanted = revertInput(input);
      const progress = await readProgress(contentful, wanted, signal);
      return progress.map(({ wanted: entry, stage }) => ({
        what: `entry ${entry.id}`,
        from: stage === 'done' ? 'reverted already' : `version ${entry.version}`,
        to: entry.snapshot ? `published snapshot ${entry.snapshot}` : 'not published',
      }));
    },

    async preflight(input, signal) {
      const wanted = revertInput(input);
      const [{ target }, progress] = await Promise.all([
        readAlias(contentful, signal),
        readProgress(contentful, wanted, signal),
      ]);
      return [
        target === wanted.environment
          ? pass('The entries are live', `Alias ${contentful.alias} points at ${target}.`)
          : fail('The entries are live', `Alias ${contentful.alias} points at ${target} by now.`),
        untouchedCheck(progress),
        nothingLostCheck(progress),
        ...(wanted.exported ? [await exportCheck(contentful, exports, exportOf(wanted))] : []),
        warn(
          'What a revert does not bring back',
          'Tags, assets and deleted entries stay as they are.',
        ),
      ];
    },

    async submit(input, _intent, signal) {
      const wanted = revertInput(input);
      if (wanted.exported) {
        await requireExport(contentful, exports, exportOf(wanted), 'put entries back');
      }
      const done: string[] = [];
      await inTurn(contentful, 'entries', wanted.entries, signal, async (entry, changed) => {
        await revertEntry(contentful, wanted.environment, entry, signal, changed);
        done.push(entry.id);
      });
      return { input, done };
    },

    async poll(handle, signal) {
      const wanted = revertInput(RevertHandle.parse(handle).input);
      const progress = await readProgress(contentful, wanted, signal);
      const others = progress.filter(({ stage }) => stage !== 'done');
      if (others.length === 0) return { state: 'succeeded' };
      const notes = others.map(({ note }) => note).join(', ');
      return { state: 'failed', reason: `Somebody changed entries meanwhile: ${notes}.` };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },

    manual: (input) => manual(contentful, revertInput(input)),
  };
}

/** What must be kept before: the entries, in the environment they are in. */
function exportOf({ exported: file = '', environment }: RevertInput): WantedExport {
  return { file, environment };
}

/** `reverted` at the end; the same until then, so that half of the way is no drift, unless somebody else was there. */
function fingerprintOf(wanted: RevertInput, progress: readonly EntryProgress[]): string {
  const has = (stage: Stage): boolean => progress.some((one) => one.stage === stage);
  const hash = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16);
  if (has('foreign')) {
    const notes = progress.filter(({ stage }) => stage === 'foreign').map(({ note }) => note);
    return `changed: ${notes.join(', ')}`;
  }
  return has('untouched') || has('written') ? `to revert ${hash}` : DONE;
}

function untouchedCheck(progress: readonly EntryProgress[]): Check {
  const name = 'Nobody changed them meanwhile';
  const foreign = progress.filter(({ stage }) => stage === 'foreign');
  if (foreign.length === 0) {
    return pass(name, `${progress.length} entries are as they were when they were chosen.`);
  }
  return fail(name, `${foreign.map(({ note }) => note).join(', ')}: choose the entries again.`);
}

/** What is published now stays as a snapshot; a draft would be written over, and kept nowhere. */
function nothingLostCheck(progress: readonly EntryProgress[]): Check {
  const name = 'What is there now is kept';
  const lost = progress.filter(({ wouldLose }) => wouldLose).map(({ wanted }) => wanted.id);
  if (lost.length === 0) {
    return pass(name, 'Contentful keeps what is published now as a snapshot of each entry.');
  }
  return fail(
    name,
    `${lost.join(', ')}: edited and not published, which Contentful keeps nowhere. Copy the edits, discard or publish them, then choose again.`,
  );
}

function manual(contentful: Contentful, { environment, entries }: RevertInput): string {
  return [
    `Put ${entries.length} entries of ${contentful.on}, environment ${environment}, back by hand:`,
    ...entries.map(({ id, snapshot }) =>
      snapshot
        ? `- Entry ${id}: Info > Versions; take the published version of snapshot ${snapshot}, Restore, then Publish.`
        : `- Entry ${id}: Status > Unpublish.`,
    ),
    'An entry that shows the earlier content and the status Published is done already.',
  ].join('\n');
}
