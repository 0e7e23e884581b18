import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood } from '../azure/errors.ts';
import type { Arm } from './client.ts';

const ShownServer = z.object({
  id: z.string(),
  location: z.string(),
  state: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  fullyQualifiedDomainName: z.string().nullish(),
  backup: z
    .object({ backupRetentionDays: z.number().nullish(), earliestRestoreDate: z.date().nullish() })
    .nullish(),
  network: z.object({ delegatedSubnetResourceId: z.string().nullish() }).nullish(),
});

export interface Server {
  /** Its ARM id. */
  readonly id: string;
  readonly location: string;
  readonly state: string;
  readonly isReady: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly host: string | undefined;
  readonly retentionDays: number | undefined;
  /** The earliest moment that can be restored, epoch milliseconds; undefined before the first backup. */
  readonly earliest: number | undefined;
  /** It is in a virtual network; a restored one must be as well. */
  readonly isPrivate: boolean;
}

const ShownBackup = z.object({
  name: z.string(),
  backupType: z.string().nullish(),
  completedTime: z.date().nullish(),
});

export interface Backup {
  readonly name: string;
  /** Taken because somebody asked, not by Azure's schedule. */
  readonly isOnDemand: boolean;
  /** Epoch milliseconds; undefined while it is being taken. */
  readonly completedAt: number | undefined;
}

/** The server `name`, of the component unless given. @throws OutsideError, `not-found` when there is none. */
export async function readServer(
  arm: Arm,
  signal: AbortSignal,
  name: string = arm.settings.server,
): Promise<Server> {
  const attempted = `read server ${name}`;
  const answer = await arm.calls.read(
    attempted,
    (o) => arm.client.servers.get(arm.settings.resourceGroup, name, o),
    signal,
  );
  const shown = understood(ShownServer, answer, attempted, arm.calls.subject);
  return {
    id: shown.id,
    location: shown.location,
    state: shown.state ?? 'unknown',
    isReady: shown.state?.toLowerCase() === 'ready',
    tags: shown.tags ?? {},
    host: shown.fullyQualifiedDomainName ?? undefined,
    retentionDays: shown.backup?.backupRetentionDays ?? undefined,
    earliest: shown.backup?.earliestRestoreDate?.getTime(),
    isPrivate: Boolean(shown.network?.delegatedSubnetResourceId),
  };
}

/** The backups of the server, newest first. @throws OutsideError */
export async function readBackups(arm: Arm, signal: AbortSignal): Promise<readonly Backup[]> {
  const attempted = 'read the backups';
  const { resourceGroup, server } = arm.settings;
  const answer = await arm.calls.read(
    attempted,
    async (o) => {
      const all: unknown[] = [];
      const pages = arm.client.backupsAutomaticAndOnDemand.listByServer(resourceGroup, server, o);
      for await (const one of pages) all.push(one);
      return all;
    },
    signal,
  );
  return understood(z.array(ShownBackup), answer, attempted, arm.calls.subject)
    .map(backupFrom)
    .sort((a, b) => (b.completedAt ?? Infinity) - (a.completedAt ?? Infinity));
}

/** One backup by its name, undefined when there is none. @throws OutsideError */
export function readBackup(
  arm: Arm,
  name: string,
  signal: AbortSignal,
): Promise<Backup | undefined> {
  const attempted = `read backup ${name}`;
  const { resourceGroup, server } = arm.settings;
  return unlessMissing(async () => {
    const answer = await arm.calls.read(
      attempted,
      (o) => arm.client.backupsAutomaticAndOnDemand.get(resourceGroup, server, name, o),
      signal,
    );
    return backupFrom(understood(ShownBackup, answer, attempted, arm.calls.subject));
  });
}

/** What `read` gives, undefined when it is not there. @throws OutsideError */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof OutsideError && error.detail.kind === 'not-found') return undefined;
    throw error;
  }
}

function backupFrom(shown: z.infer<typeof ShownBackup>): Backup {
  return {
    name: shown.name,
    isOnDemand: /demand/i.test(shown.backupType ?? ''),
    completedAt: shown.completedTime?.getTime(),
  };
}
