/**
 * Azure Database for PostgreSQL flexible server in Azure Resource Manager: GET of servers and of their backups, PUT of an
 * on-demand backup, and PUT of a new server from a point in time of another.
 */
import type { Agenda } from '../agenda.ts';
import type { Answer, Call, Route } from '../http.ts';
import { createAsyncOperations, resourceId, resourceNotFound } from './async-operations.ts';
import { armError } from './errors.ts';
import { same } from './lookup.ts';

const PROVIDER = 'Microsoft.DBforPostgreSQL/flexibleServers';

interface Backup {
  readonly name: string;
  readonly type: 'Full' | 'Customer On-Demand';
  /** Absent while it is being taken. */
  completedAt: number | undefined;
}

interface PostgresServerOptions {
  readonly resourceGroup: string;
  readonly name: string;
  /** The earliest moment that can be restored, epoch milliseconds. */
  readonly earliest: number;
  readonly backups?: readonly { readonly name: string; readonly completedAt: number }[];
  readonly retentionDays?: number;
}

interface Server {
  readonly resourceGroup: string;
  readonly name: string;
  readonly earliest: number;
  readonly retentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly backups: Backup[];
  state: 'Ready' | 'Provisioning' | 'Dropped';
}

export interface PostgresServers {
  /** How long a backup or a restore takes, in milliseconds of the cloud's clock. */
  workMs: number;
  add(server: PostgresServerOptions): void;
  /** Names of all servers. */
  readonly names: readonly string[];
  backups(server: string): readonly string[];
  /** Somebody takes a backup by hand; it is complete at once. */
  takeBackup(server: string, name: string): void;
}

/** An empty set of servers, and the routes that serve them. */
export function createPostgresServers(
  agenda: Agenda,
  subscription: string,
): { readonly api: PostgresServers; readonly routes: readonly Route[] } {
  const servers: Server[] = [];
  const operations = createAsyncOperations(
    agenda,
    'Microsoft.DBforPostgreSQL',
    'azureAsyncOperation',
  );
  const named = (name: string) => servers.find((one) => same(one.name, name));

  function withServer(handle: (call: Call, server: Server) => Answer) {
    return (call: Call): Answer => {
      const name = call.params['name'] ?? '';
      const server = named(name);
      return server && same(server.resourceGroup, call.params['group'] ?? '')
        ? handle(call, server)
        : resourceNotFound(call, `${PROVIDER}/${name}`);
    };
  }

  function backUp(call: Call, server: Server): Answer {
    const name = call.params['backup'] ?? '';
    if (server.backups.some((one) => one.name === name)) {
      return armError(409, 'BackupAlreadyExists', `The backup '${name}' exists already.`);
    }
    const backup: Backup = { name, type: 'Customer On-Demand', completedAt: undefined };
    server.backups.unshift(backup);
    const headers = operations.start(call, api.workMs, (failure) => {
      if (failure === undefined) {
        backup.completedAt = agenda.now();
        call.exchange.applied = true;
      } else server.backups.splice(server.backups.indexOf(backup), 1);
    });
    return { status: 202, headers };
  }

  function restore(call: Call): Answer {
    const { group = '', name = '' } = call.params;
    const body = (call.body ?? {}) as {
      location?: string;
      tags?: Record<string, string>;
      properties?: {
        createMode?: string;
        sourceServerResourceId?: string;
        pointInTimeUTC?: string;
      };
    };
    const { createMode, sourceServerResourceId, pointInTimeUTC } = body.properties ?? {};
    const source = named(sourceServerResourceId?.split('/').at(-1) ?? '');
    const at = Date.parse(pointInTimeUTC ?? '');
    if (createMode !== 'PointInTimeRestore' || !source || !body.location) {
      return armError(400, 'InvalidParameterValue', 'Only a point-in-time restore is simulated.');
    }
    if (named(name)) {
      return armError(409, 'ServerNameAlreadyExists', `Specified server name is already used.`);
    }
    if (Number.isNaN(at) || at < source.earliest || at > agenda.now()) {
      const words = `The point in time '${pointInTimeUTC}' cannot be restored.`;
      return armError(400, 'InvalidPointInTime', words);
    }
    const server: Server = {
      resourceGroup: group,
      name,
      earliest: agenda.now(),
      retentionDays: source.retentionDays,
      tags: body.tags ?? {},
      backups: [],
      state: 'Provisioning',
    };
    servers.push(server);
    const headers = operations.start(call, api.workMs, (failure) => {
      if (failure === undefined) {
        server.state = 'Ready';
        call.exchange.applied = true;
      } else servers.splice(servers.indexOf(server), 1);
    });
    return { status: 202, headers };
  }

  const api: PostgresServers = {
    workMs: 3_000,
    add({ resourceGroup, name, earliest, backups = [], retentionDays = 7 }) {
      servers.push({
        resourceGroup,
        name,
        earliest,
        retentionDays,
        tags: {},
        backups: backups.map((one) => ({ ...one, type: 'Full' })),
        state: 'Ready',
      });
    },
    get names() {
      agenda.settle();
      return servers.map((one) => one.name);
    },
    backups(name) {
      agenda.settle();
      return (named(name)?.backups ?? []).map((one) => one.name);
    },
    takeBackup(server, name) {
      const type = 'Customer On-Demand';
      named(server)?.backups.unshift({ name, type, completedAt: agenda.now() });
    },
  };

  const path = `/subscriptions/:subscription/resourceGroups/:group/providers/${PROVIDER}/:name`;
  return {
    api,
    routes: [
      {
        call: 'GET flexibleServer',
        path,
        needs: `${PROVIDER}/read`,
        handle: withServer((_call, server) => ({
          status: 200,
          body: serverRecord(server, subscription),
        })),
      },
      {
        call: 'PUT flexibleServer',
        path,
        needs: `${PROVIDER}/write`,
        mutates: 'later',
        handle: restore,
      },
      {
        call: 'GET backups',
        path: `${path}/backups`,
        needs: `${PROVIDER}/backups/read`,
        handle: withServer((_call, server) => ({
          status: 200,
          body: { value: server.backups.map((one) => backupRecord(server, one, subscription)) },
        })),
      },
      {
        call: 'GET backup',
        path: `${path}/backups/:backup`,
        needs: `${PROVIDER}/backups/read`,
        handle: withServer((call, server) => {
          const found = server.backups.find((one) => one.name === call.params['backup']);
          return found
            ? { status: 200, body: backupRecord(server, found, subscription) }
            : resourceNotFound(call, `${PROVIDER}/${server.name}/backups/${call.params['backup']}`);
        }),
      },
      {
        call: 'PUT backup',
        path: `${path}/backups/:backup`,
        needs: `${PROVIDER}/backups/write`,
        mutates: 'later',
        handle: withServer(backUp),
      },
      operations.route,
    ],
  };
}

function serverRecord(server: Server, subscription: string) {
  return {
    id: resourceId(subscription, server.resourceGroup, PROVIDER, server.name),
    name: server.name,
    type: PROVIDER,
    location: 'West Europe',
    tags: server.tags,
    sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' },
    properties: {
      state: server.state,
      version: '16',
      fullyQualifiedDomainName: `${server.name}.postgres.database.azure.com`,
      administratorLogin: 'backstop_admin',
      storage: { storageSizeGB: 128 },
      backup: {
        backupRetentionDays: server.retentionDays,
        geoRedundantBackup: 'Disabled',
        earliestRestoreDate: new Date(server.earliest).toISOString(),
      },
      network: { publicNetworkAccess: 'Enabled' },
      highAvailability: { mode: 'Disabled', state: 'NotEnabled' },
    },
  };
}

function backupRecord(server: Server, backup: Backup, subscription: string) {
  return {
    id: `${resourceId(subscription, server.resourceGroup, PROVIDER, server.name)}/backups/${backup.name}`,
    name: backup.name,
    type: `${PROVIDER}/backups`,
    properties: {
      backupType: backup.type,
      ...(backup.completedAt !== undefined && {
        completedTime: new Date(backup.completedAt).toISOString(),
      }),
      source: backup.type === 'Full' ? 'Automatic' : 'Manual',
    },
  };
}
