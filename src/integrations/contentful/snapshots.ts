import { z } from 'zod';
import type { Contentful } from './client.ts';
import { Fields, Moment, Page } from './content.ts';
import { understood } from './errors.ts';

const PAGE = 100;

const Snapshot = z.object({
  sys: z.object({ id: z.string(), createdAt: Moment }),
  snapshot: z.object({ fields: Fields }),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** The newest 100 published states of an entry, newest first; kept only for what the alias `master` stands for. */
export async function readSnapshots(
  contentful: Contentful,
  environment: string,
  entry: string,
  signal: AbortSignal,
): Promise<readonly Snapshot[]> {
  const attempted = `list the snapshots of entry ${entry}`;
  const what = { attempted, on: contentful.on };
  const query = { limit: PAGE };
  const answer = await contentful.read(
    attempted,
    (client) =>
      client.snapshot.getManyForEntry({ environmentId: environment, entryId: entry, query }),
    signal,
  );
  const snapshots = understood(Page, answer, what).items.map((item) =>
    understood(Snapshot, item, what),
  );
  return snapshots.toSorted((a, b) => b.sys.createdAt - a.sys.createdAt);
}

/** One published state of an entry. */
export async function readSnapshot(
  contentful: Contentful,
  o: { readonly environment: string; readonly entry: string; readonly snapshot: string },
  signal: AbortSignal,
): Promise<Snapshot> {
  const attempted = `read snapshot ${o.snapshot} of entry ${o.entry}`;
  const answer = await contentful.read(
    attempted,
    (client) =>
      client.snapshot.getForEntry({
        environmentId: o.environment,
        entryId: o.entry,
        snapshotId: o.snapshot,
      }),
    signal,
  );
  return understood(Snapshot, answer, { attempted, on: contentful.on });
}
