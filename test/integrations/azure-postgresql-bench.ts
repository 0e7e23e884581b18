import type { Component } from '../../src/component.ts';
import { createAzurePostgresql } from '../../src/integrations/azure-postgresql/index.ts';
import type { Json } from '../../src/operation.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

export const HOUR_MS = 3_600_000;
const WORK_MS = 600_000;
export const RESTORED = 'acme-db-20260304t060000';

export interface ServerBench extends Bench {
  readonly cloud: Cloud;
  readonly start: number;
  with(
    settings: Readonly<Record<string, unknown>>,
    sibling?: (id: string) => Component | undefined,
  ): Component;
}

/** A simulated server with a backup of this morning, and seven days of retention. */
export async function openServerBench(
  operation: string,
  input: Json,
  start = Date.parse('2026-03-04T10:00:00Z'),
): Promise<ServerBench> {
  let now = start;
  const cloud = await createCloud({ clock: { now: () => now } });
  const { azure } = cloud;
  azure.postgres.workMs = WORK_MS;
  azure.postgres.add({
    resourceGroup: 'acme-production',
    name: 'acme-db',
    earliest: start - 7 * 24 * HOUR_MS,
    backups: [
      { name: 'backup_639', completedAt: start - 4 * HOUR_MS },
      { name: 'backup_638', completedAt: start - 28 * HOUR_MS },
    ],
  });
  const make = (
    settings: Readonly<Record<string, unknown>> = {},
    sibling: (id: string) => Component | undefined = () => undefined,
  ): Component =>
    createAzurePostgresql({
      id: 'database',
      settings: { resourceGroup: 'acme-production', server: 'acme-db', ...settings },
      sibling,
      connections: {
        azure: {
          endpoint: azure.endpoint,
          subscriptionId: azure.subscriptionId,
          auth: { kind: 'token', token: azure.token },
        },
      },
    });
  return {
    cloud,
    start,
    component: make(),
    again: make,
    with: make,
    operation,
    input,
    faults: azure.faults,
    mutation: operation === 'take-backup' ? 'PUT backup' : 'PUT flexibleServer',
    requests: () => azure.requests,
    secrets: [azure.token],
    now: () => now,
    finish: () => {
      now += WORK_MS;
    },
    takesTime: true,
    ...(operation === 'take-backup' ? { theirs: 'done' as const } : {}),
    interfere() {
      if (operation === 'take-backup') {
        azure.postgres.takeBackup('acme-db', (input as { backup: string }).backup);
        return;
      }
      azure.postgres.add({ resourceGroup: 'acme-production', name: RESTORED, earliest: now });
    },
    close: () => cloud.close(),
  };
}
