import { createHash } from 'node:crypto';
import type { Activity } from './activity-log.ts';
import type { Operation } from './operations.ts';
import { type Deployment, isSticky, PRODUCTION, type Site, type Slot } from './world.ts';

/** A collection with only one page. */
export function listOf(value: readonly unknown[]) {
  return { value, nextLink: null };
}

/** The ARM id of a site's slot; production's is the site's own. */
export function slotId(site: Site, slot: Slot): string {
  const id = `/subscriptions/${site.subscription}/resourceGroups/${site.resourceGroup}/providers/Microsoft.Web/sites/${site.name}`;
  return slot.name === PRODUCTION ? id : `${id}/slots/${slot.name}`;
}

/** The `Microsoft.Web/serverfarms` resource that a site runs on. */
export function planRecord(site: Site) {
  const name = `${site.name}-plan`;
  return {
    id: planId(site),
    name,
    type: 'Microsoft.Web/serverfarms',
    kind: 'linux',
    location: site.location,
    tags: site.plan.tags,
    sku: { name: 'S1', tier: 'Standard', size: 'S1', family: 'S', capacity: site.plan.capacity },
    properties: {
      status: 'Ready',
      provisioningState: site.plan.isChanging ? 'InProgress' : 'Succeeded',
      numberOfSites: site.slots.length,
      numberOfWorkers: site.plan.capacity,
      maximumNumberOfWorkers: 10,
      perSiteScaling: false,
      elasticScaleEnabled: false,
      reserved: site.plan.isLinux,
      zoneRedundant: false,
    },
  };
}

function planId(site: Site): string {
  return `/subscriptions/${site.subscription}/resourceGroups/${site.resourceGroup}/providers/Microsoft.Web/serverfarms/${site.name}-plan`;
}

/** A `Microsoft.Web/sites` or `Microsoft.Web/sites/slots` resource. */
export function siteRecord(site: Site, slot: Slot, running: Operation | undefined) {
  const [host, ...domain] = slot.hostName.split('.');
  const scm = [host, 'scm', ...domain].join('.');
  return {
    id: slotId(site, slot),
    name: recordName(site, slot),
    type: slot.name === PRODUCTION ? 'Microsoft.Web/sites' : 'Microsoft.Web/sites/slots',
    kind: 'app,linux',
    location: site.location,
    tags: {},
    properties: {
      state: slot.running ? 'Running' : 'Stopped',
      hostNames: [slot.hostName],
      repositorySiteName: site.name,
      usageState: 'Normal',
      enabled: true,
      enabledHostNames: [slot.hostName, scm],
      availabilityState: 'Normal',
      hostNameSslStates: [
        { name: slot.hostName, sslState: 'Disabled', hostType: 'Standard' },
        { name: scm, sslState: 'Disabled', hostType: 'Repository' },
      ],
      serverFarmId: planId(site),
      reserved: true,
      isXenon: false,
      hyperV: false,
      lastModifiedTimeUtc: new Date(slot.modifiedAt).toISOString(),
      siteConfig: {
        numberOfWorkers: 1,
        linuxFxVersion: slot.runs,
        alwaysOn: true,
        http20Enabled: true,
      },
      trafficManagerHostNames: null,
      scmSiteAlsoStopped: false,
      targetSwapSlot: slot.prepared?.target ?? null,
      hostingEnvironmentProfile: null,
      clientAffinityEnabled: false,
      clientCertEnabled: false,
      hostNamesDisabled: false,
      outboundIpAddresses: '20.50.2.20,20.50.2.21',
      possibleOutboundIpAddresses: '20.50.2.20,20.50.2.21,20.50.2.22',
      containerSize: 0,
      dailyMemoryTimeQuota: 0,
      suspendedTill: null,
      maxNumberOfWorkers: null,
      cloningInfo: null,
      resourceGroup: site.resourceGroup,
      defaultHostName: slot.hostName,
      slotSwapStatus: slot.lastSwap
        ? {
            timestampUtc: slot.lastSwap.at,
            sourceSlotName: slot.lastSwap.source,
            destinationSlotName: slot.lastSwap.destination,
          }
        : null,
      httpsOnly: true,
      redundancyMode: 'None',
      inProgressOperationId: running?.id ?? null,
      publicNetworkAccess: 'Enabled',
      storageAccountRequired: false,
      keyVaultReferenceIdentity: 'SystemAssigned',
      sku: 'Standard',
    },
  };
}

/** `config/web` of a slot. */
export function configRecord(site: Site, slot: Slot) {
  return {
    ...subRecord(site, slot, 'config/web', 'config'),
    name: recordName(site, slot),
    properties: {
      numberOfWorkers: 1,
      defaultDocuments: ['index.html'],
      netFrameworkVersion: 'v4.0',
      linuxFxVersion: slot.runs,
      windowsFxVersion: null,
      requestTracingEnabled: false,
      remoteDebuggingEnabled: false,
      httpLoggingEnabled: false,
      publishingUsername: `$${site.name}`,
      appSettings: null,
      connectionStrings: null,
      scmType: 'GitHubAction',
      use32BitWorkerProcess: false,
      webSocketsEnabled: false,
      alwaysOn: true,
      appCommandLine: 'node server.js',
      managedPipelineMode: 'Integrated',
      loadBalancing: 'LeastRequests',
      experiments: { rampUpRules: [] },
      autoHealEnabled: false,
      autoSwapSlotName: null,
      healthCheckPath: '/healthz',
      http20Enabled: true,
      minTlsVersion: '1.2',
      ftpsState: 'FtpsOnly',
    },
  };
}

/** The names of the settings that stay with their slot. */
export function slotConfigNamesRecord(site: Site, production: Slot) {
  return {
    ...subRecord(site, production, 'config/slotConfigNames', 'config'),
    name: recordName(site, production),
    properties: {
      connectionStringNames: [],
      appSettingNames: [...site.stickySettings],
      azureStorageConfigNames: [],
    },
  };
}

/** App settings with their values, as the list action answers them. */
export function appSettingsRecord(site: Site, slot: Slot) {
  return {
    ...subRecord(site, slot, 'config/appsettings', 'config'),
    properties: { ...slot.settings },
  };
}

/** The deployment history of a slot, newest first. */
export function deploymentRecords(site: Site, slot: Slot) {
  return slot.deployments.map((deployment, index) => ({
    ...subRecord(site, slot, `deployments/${deployment.id}`, 'deployments'),
    name: deployment.id,
    properties: deploymentProperties(
      deployment,
      index === slot.deployments.findIndex((one) => one.endedAt !== undefined),
    ),
  }));
}

/** One deployment of a slot's history by its id, or undefined. */
export function deploymentRecord(site: Site, slot: Slot, id: string) {
  return deploymentRecords(site, slot).find((record) => record.name === id);
}

/** The body of an `Azure-AsyncOperation` address: `status` is InProgress, Succeeded or Failed. */
export function operationRecord(path: string, operation: Operation) {
  const status = { running: 'InProgress', succeeded: 'Succeeded', failed: 'Failed' };
  return {
    id: path,
    name: operation.id,
    status: status[operation.state],
    startTime: new Date(operation.createdAt).toISOString(),
    ...(operation.state !== 'running' && { endTime: new Date(operation.endsAt).toISOString() }),
    ...(operation.message && { error: { code: 'BadRequest', message: operation.message } }),
  };
}

/** What differs between the settings of two slots; the wording of the rules is the simulation's. */
export function slotDifferences(site: Site, current: Slot, target: Slot) {
  const names = new Set([...Object.keys(current.settings), ...Object.keys(target.settings)]);
  return [...names]
    .filter((name) => current.settings[name] !== target.settings[name])
    .map((name) => ({
      ...subRecord(site, current, 'slotsdiffs', 'slotsdiffs'),
      name: createHash('sha1').update(name).digest('hex').slice(0, 12),
      properties: {
        level: 'Information',
        settingType: 'AppSetting',
        diffRule: isSticky(site, name) ? 'StaysWithSlot' : 'MovesWithContent',
        settingName: name,
        valueInCurrentSlot: current.settings[name] ?? '',
        valueInTargetSlot: target.settings[name] ?? '',
        description: isSticky(site, name)
          ? `The app setting '${name}' is marked as a deployment slot setting and will not be swapped.`
          : `The app setting '${name}' will be swapped.`,
      },
    }));
}

/** One entry of the activity log. */
export function activityRecord(activity: Activity) {
  const named = (value: string) => ({ value, localizedValue: value });
  return {
    id: `${activity.resourceId}/events/${activity.id}/ticks/${Date.parse(activity.at)}`,
    eventDataId: activity.id,
    eventTimestamp: activity.at,
    submissionTimestamp: activity.at,
    operationName: named(activity.action),
    category: named('Administrative'),
    resourceProviderName: named('Microsoft.Web'),
    resourceId: activity.resourceId,
    status: named(activity.status),
    level: activity.status === 'Failed' ? 'Error' : 'Informational',
    caller: activity.caller,
    correlationId: activity.correlationId,
    operationId: activity.correlationId,
    httpRequest: { clientRequestId: activity.clientRequestId, method: 'POST' },
    properties: { statusCode: activity.status, message: activity.message ?? '' },
  };
}

function subRecord(site: Site, slot: Slot, path: string, kind: string) {
  const parent = slot.name === PRODUCTION ? 'Microsoft.Web/sites' : 'Microsoft.Web/sites/slots';
  return {
    id: `${slotId(site, slot)}/${path}`,
    name: path.split('/').at(-1) ?? path,
    type: `${parent}/${kind}`,
  };
}

function deploymentProperties(deployment: Deployment, active: boolean) {
  return {
    // As Kudu: 1 builds, 4 has succeeded.
    status: deployment.endedAt === undefined ? 1 : 4,
    author_email: deployment.author.includes('@') ? deployment.author : 'N/A',
    author: deployment.author,
    deployer: deployment.deployer,
    message: deployment.message,
    start_time: deployment.startedAt,
    ...(deployment.endedAt !== undefined && { end_time: deployment.endedAt }),
    active,
  };
}

function recordName(site: Site, slot: Slot): string {
  return slot.name === PRODUCTION ? site.name : `${site.name}/${slot.name}`;
}
