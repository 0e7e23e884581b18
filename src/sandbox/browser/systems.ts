/** The systems beside the shop, as far as a run's set-up has them: content, jobs, flags, database. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mayPublish } from '../cloud/contentful/world.ts';
import type { ShopDatabase } from '../database/index.ts';
import type { Stage } from '../stage.ts';
import type { SystemInfo, SystemRow } from './protocol.ts';

/** What is seen of the database now and then; asking it takes a moment. */
export type DatabaseSeen = readonly SystemRow[];

/** Each system that is there. */
export function systemsOf(stage: Stage, seen: DatabaseSeen): readonly SystemInfo[] {
  return [content(stage), jobs(stage), flags(stage), database(stage, seen)].flatMap(
    (system) => system ?? [],
  );
}

function content({ cloud, content: world }: Stage): SystemInfo | undefined {
  if (!world) return undefined;
  const space = cloud.contentful.space(world.space);
  const environments = space.environments.map((id): SystemRow => {
    const { status, createdAt } = space.environment(id);
    if (id === space.live) return { what: id, is: 'what the site shows', isLive: true };
    if (status !== 'ready') return { what: id, is: 'being cloned…' };
    return { what: id, is: id.startsWith('backstop-') ? 'restore point' : 'kept', at: createdAt };
  });
  const free = mayPublish(space.role(world.editors), space.entry('home'));
  const editors = { what: 'Editors', is: free ? 'may publish' : 'paused: nobody publishes' };
  return { name: 'Content', rows: [...environments, editors] };
}

function jobs({ cloud, worker: world }: Stage): SystemInfo | undefined {
  if (!world) return undefined;
  const { running, pausedBy, mails } = cloud.worker;
  const image = cloud.azure.containerGroups.image(world.group);
  return {
    name: 'Worker and jobs',
    rows: [
      { what: 'Image', is: image === world.good ? 'of 2.3.1' : 'of 2.4.0', isLive: true },
      { what: 'Queue', is: pausedBy === undefined ? 'open' : `paused by ${pausedBy}` },
      ...(running.length === 0 ? [{ what: 'Jobs', is: 'none is running' }] : []),
      ...running.map(({ name, served, of, startedAt }) => ({
        what: name,
        is: `${served} of ${of} sent`,
        at: startedAt,
      })),
      { what: 'Mails sent', is: String(mails.length) },
    ],
  };
}

function flags({ flags: service }: Stage): SystemInfo | undefined {
  if (!service) return undefined;
  const rows = [...service.flags].map(([what, { on }]) => ({
    what,
    is: on ? 'on' : 'off',
    isLive: on,
  }));
  return { name: 'Flags', rows };
}

function database(stage: Stage, rows: DatabaseSeen): SystemInfo | undefined {
  return stage.database && { name: 'Database', rows };
}

/** Backups by age and databases by name. @throws Error when the server does not answer. */
export async function lookAtDatabase(data: ShopDatabase): Promise<DatabaseSeen> {
  const [names, live, files] = await Promise.all([
    data.databases(),
    data.live(),
    readdir(data.backups),
  ]);
  const backups = await Promise.all(
    files.map(async (file) => {
      const { mtimeMs, size } = await stat(join(data.backups, file));
      return { what: file, is: `backup, ${Math.ceil(size / 1024)} KiB`, at: mtimeMs };
    }),
  );
  return [
    ...names.map((name) => ({ what: name, is: name === live ? 'live' : 'kept beside it' })),
    ...backups.sort((a, b) => b.at - a.at),
  ];
}
