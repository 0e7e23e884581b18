import { OutsideError } from '../../errors.ts';
import type { Contentful } from './client.ts';
import { readEntry } from './content.ts';
import { progressOf, snapshotFor } from './entry-progress.ts';
import { SYSTEM } from './errors.ts';
import type { EntryToRevert } from './revert-input.ts';
import { readSnapshot } from './snapshots.ts';

/**
 * Puts one entry back, from wherever it stands; one or two requests that change something, `changed` called after each.
 * @throws OutsideError, `busy` when somebody else changed it.
 */
export async function revertEntry(
  contentful: Contentful,
  environment: string,
  wanted: EntryToRevert,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  const { id } = wanted;
  const params = { environmentId: environment, entryId: id };
  const item = await readEntry(contentful, environment, id, signal);
  const compared = await snapshotFor(contentful, environment, wanted, item, signal);
  const { stage, note } = progressOf(wanted, item, compared);
  if (stage === 'done') return;
  if (stage === 'foreign') throw foreignEntry(contentful, id, note);
  if (wanted.snapshot === undefined) {
    await contentful.change(
      `unpublish entry ${id}`,
      (client) => client.entry.unpublish(params),
      signal,
    );
    return changed();
  }
  if (stage === 'untouched') {
    const source = { environment, entry: id, snapshot: wanted.snapshot };
    const { snapshot } = await readSnapshot(contentful, source, signal);
    await contentful.change(
      `write entry ${id} back`,
      (client) => {
        const { metadata } = item;
        const data = { sys: { version: wanted.version }, fields: snapshot.fields, metadata };
        return client.entry.update(params, data as unknown as EntryData<typeof client>);
      },
      signal,
    );
    changed();
  }
  const version = wanted.version + 1;
  await contentful.change(
    `publish entry ${id}`,
    (client) =>
      client.entry.publish(params, { sys: { version } } as unknown as EntryData<typeof client>),
    signal,
  );
  changed();
}

type EntryData<T extends { entry: { update: (...args: never[]) => unknown } }> = Parameters<
  T['entry']['update']
>[1];

function foreignEntry(contentful: Contentful, id: string, note: string): OutsideError {
  return new OutsideError({
    kind: 'busy',
    system: SYSTEM,
    attempted: `revert entry ${id}`,
    on: contentful.on,
    answer: `somebody changed it: ${note}`,
    next: 'Look at the entry, then choose again which entries go back.',
  });
}
