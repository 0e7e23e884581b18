/**
 * Container Apps in Azure Resource Manager: GET and PATCH (traffic, or a new revision) of an app, GET of its revisions, activate and
 * deactivate. In single mode, activating a revision starts it beside the one that runs and then takes that one out.
 */
import type { Agenda } from '../agenda.ts';
import type { Answer, Call, Route } from '../http.ts';
import { createAsyncOperations, resourceNotFound } from './async-operations.ts';
import {
  type App,
  appRecord,
  CONTAINER_APPS,
  type ContainerAppOptions,
  type Revision,
  type RevisionOptions,
  replicaRecords,
  revisionRecord,
  revisionSent,
  type SentTemplate,
  type Traffic,
} from './container-app-records.ts';
import { armError } from './errors.ts';
import { same } from './lookup.ts';

export interface ContainerApps {
  /** How long a revision takes to start or traffic to move, in milliseconds of the cloud's clock. */
  changeMs: number;
  add(app: ContainerAppOptions): void;
  /** Names of the revisions that are active now. */
  active(app: string): readonly string[];
  traffic(app: string): readonly Traffic[];
  /** Somebody shares it another way, at once. */
  setTraffic(app: string, traffic: readonly Traffic[]): void;
  /** The newest revision, as it was deployed. */
  newest(app: string): RevisionOptions;
  /** Somebody deploys a revision, at once: it is the active one in single mode and takes all the traffic in the other. */
  deploy(app: string, revision: RevisionOptions): void;
  /** Somebody switches a revision on or off, at once. */
  setActive(app: string, suffix: string, isActive: boolean): void;
  /** How an active revision stands once it has started: `Degraded`, `Running`. */
  setRunningState(app: string, suffix: string, runningState: string): void;
}

/** An empty set of container apps, and the routes that serve them. */
export function createContainerApps(
  agenda: Agenda,
  subscription: string,
): { readonly api: ContainerApps; readonly routes: readonly Route[] } {
  const apps: App[] = [];
  const operations = createAsyncOperations(
    agenda,
    'Microsoft.App',
    'containerappOperationStatuses',
  );

  function appNamed(name: string): App {
    agenda.settle();
    const app = apps.find((one) => one.name === name);
    if (!app) throw new Error(`The simulated Azure has no container app ${name}.`);
    return app;
  }

  function withApp(handle: (call: Call, app: App) => Answer) {
    return (call: Call): Answer => {
      const name = call.params['name'] ?? '';
      const app = apps.find(
        (one) => same(one.resourceGroup, call.params['group'] ?? '') && same(one.name, name),
      );
      return app ? handle(call, app) : resourceNotFound(call, `${CONTAINER_APPS}/${name}`);
    };
  }

  function withRevision(handle: (call: Call, app: App, revision: Revision) => Answer) {
    return withApp((call, app) => {
      const name = call.params['revision'] ?? '';
      const revision = app.revisions.find((one) => same(one.name, name));
      if (revision) return handle(call, app, revision);
      return armError(
        404,
        'RevisionNotFound',
        `The revision '${name}' of '${app.name}' was not found.`,
      );
    });
  }

  function busy(app: App): Answer {
    const words = `Cannot modify the container app '${app.name}' because there is an operation in progress.`;
    return armError(409, 'ContainerAppOperationInProgress', words);
  }

  function activate(call: Call, app: App, revision: Revision): Answer {
    if (app.isChanging) return busy(app);
    if (revision.failed) {
      return armError(
        400,
        'RevisionActivationFailed',
        `The revision '${revision.name}' does not start.`,
      );
    }
    call.exchange.applied = true;
    if (revision.active) return { status: 200 };
    revision.active = true;
    revision.isStarting = true;
    app.isChanging = true;
    const failure = call.operation?.failsWith;
    agenda.later(call.operation?.takesMs ?? api.changeMs, () => {
      revision.isStarting = false;
      app.isChanging = false;
      if (failure !== undefined) revision.active = false;
      else if (app.mode === 'Single') {
        for (const other of app.revisions) other.active = other === revision;
      }
    });
    return { status: 200 };
  }

  function patch(call: Call, app: App): Answer {
    const body = call.body as
      | {
          properties?: {
            template?: SentTemplate;
            configuration?: { ingress?: { traffic?: readonly Traffic[] } };
          };
        }
      | undefined;
    const traffic = body?.properties?.configuration?.ingress?.traffic;
    if (body?.properties?.template) return patchTemplate(call, app, body.properties.template);
    if (!traffic) return armError(400, 'InvalidRequestContent', 'Nothing to change was given.');
    if (app.isChanging) return busy(app);
    if (app.mode !== 'Multiple' || app.traffic === undefined) {
      const words = 'Traffic weights need multiple revision mode and ingress.';
      return armError(400, 'InvalidTraffic', words);
    }
    const sum = traffic.reduce((total, one) => total + (one.weight ?? 0), 0);
    const unknown = traffic.find(
      (one) =>
        one.revisionName !== undefined &&
        !app.revisions.some((revision) => revision.name === one.revisionName && revision.active),
    );
    if (sum !== 100 || unknown) {
      const words = unknown
        ? `The revision '${unknown.revisionName}' is not active.`
        : `The traffic weights must sum to 100, not ${sum}.`;
      return armError(400, 'InvalidTraffic', words);
    }
    app.isChanging = true;
    const headers = operations.start(call, api.changeMs, (failure) => {
      app.isChanging = false;
      if (failure !== undefined) return;
      app.traffic = traffic;
      call.exchange.applied = true;
    });
    return { status: 202, headers, body: appRecord(app, subscription) };
  }

  /** A template that differs is a revision of its own, which takes over as the mode has it. */
  function patchTemplate(call: Call, app: App, template: SentTemplate): Answer {
    if (app.isChanging) return busy(app);
    const sent = revisionSent(template, agenda.now());
    if (!sent || app.revisions.some(({ suffix }) => suffix === sent.suffix)) {
      return armError(
        400,
        'InvalidParameterValueInContainerTemplate',
        'The revision suffix is in use.',
      );
    }
    const revision = { ...revisionOf(app.name, { ...sent, active: true }), isStarting: true };
    const failure = call.operation?.failsWith;
    call.exchange.applied = true;
    app.isChanging = true;
    app.revisions.push(revision);
    const headers = operations.start(call, api.changeMs, () => {
      app.isChanging = false;
      revision.isStarting = false;
      if (failure !== undefined) {
        app.revisions[app.revisions.length - 1] = { ...revision, active: false, failed: true };
      } else if (app.mode === 'Single') {
        for (const other of app.revisions) other.active = other === revision;
      }
    });
    return { status: 202, headers, body: appRecord(app, subscription) };
  }

  const api: ContainerApps = {
    changeMs: 3_000,
    add(options) {
      apps.push({
        resourceGroup: options.resourceGroup,
        name: options.name,
        mode: options.mode ?? 'Single',
        registries: options.registries ?? [],
        revisions: options.revisions.map((one) => revisionOf(options.name, one)),
        traffic: options.traffic,
        secrets: options.secrets ?? [],
        isChanging: false,
      });
    },
    active: (name) =>
      appNamed(name)
        .revisions.filter((one) => one.active)
        .map((one) => one.name),
    traffic: (name) => appNamed(name).traffic ?? [],
    setTraffic(name, traffic) {
      appNamed(name).traffic = traffic;
    },
    newest(name) {
      const revision = appNamed(name).revisions.at(-1);
      if (!revision) throw new Error(`${name} has no revision.`);
      return revision;
    },
    deploy(name, options) {
      const app = appNamed(name);
      const revision = revisionOf(name, { ...options, active: true });
      if (app.mode === 'Single') for (const other of app.revisions) other.active = false;
      app.revisions.push(revision);
      if (app.traffic !== undefined) {
        app.traffic = [{ revisionName: revision.name, weight: 100 }];
      }
    },
    setActive(name, suffix, isActive) {
      const revision = appNamed(name).revisions.find((one) => one.suffix === suffix);
      if (!revision) throw new Error(`${name} has no revision ${suffix}.`);
      revision.active = isActive;
    },
    setRunningState(name, suffix, runningState) {
      const revision = appNamed(name).revisions.find((one) => one.suffix === suffix);
      if (!revision) throw new Error(`${name} has no revision ${suffix}.`);
      revision.runningState = runningState;
    },
  };

  const path = `/subscriptions/:subscription/resourceGroups/:group/providers/${CONTAINER_APPS}/:name`;
  const needs = (action: string) => `${CONTAINER_APPS}/${action}`;
  return {
    api,
    routes: [
      {
        call: 'GET containerApp',
        path,
        needs: needs('read'),
        handle: withApp((_call, app) => ({ status: 200, body: appRecord(app, subscription) })),
      },
      {
        call: 'PATCH containerApp',
        path,
        needs: needs('write'),
        mutates: 'later',
        handle: withApp(patch),
      },
      {
        call: 'GET revisions',
        path: `${path}/revisions`,
        needs: needs('revisions/read'),
        handle: withApp((_call, app) => ({
          status: 200,
          body: { value: app.revisions.map((one) => revisionRecord(app, one, subscription)) },
        })),
      },
      {
        call: 'GET revision',
        path: `${path}/revisions/:revision`,
        needs: needs('revisions/read'),
        handle: withRevision((_call, app, revision) => ({
          status: 200,
          body: revisionRecord(app, revision, subscription),
        })),
      },
      {
        call: 'POST activate',
        path: `${path}/revisions/:revision/activate`,
        needs: needs('revisions/activate/action'),
        mutates: 'later',
        handle: withRevision(activate),
      },
      {
        call: 'GET replicas',
        path: `${path}/revisions/:revision/replicas`,
        needs: needs('revisions/replicas/read'),
        handle: withRevision((_call, app, revision) => ({
          status: 200,
          body: { value: replicaRecords(app, revision, subscription) },
        })),
      },
      {
        call: 'POST restart revision',
        path: `${path}/revisions/:revision/restart`,
        needs: needs('revisions/restart/action'),
        mutates: 'now',
        handle: withRevision((_call, app, revision) => {
          if (app.isChanging) return busy(app);
          revision.restarts += 1;
          revision.isStarting = true;
          agenda.later(api.changeMs, () => {
            revision.isStarting = false;
          });
          return { status: 200 };
        }),
      },
      {
        call: 'POST deactivate',
        path: `${path}/revisions/:revision/deactivate`,
        needs: needs('revisions/deactivate/action'),
        mutates: 'now',
        handle: withRevision((_call, _app, revision) => {
          revision.active = false;
          return { status: 200 };
        }),
      },
      operations.route,
    ],
  };
}

function revisionOf(app: string, options: RevisionOptions): Revision {
  return {
    ...options,
    name: `${app}--${options.suffix}`,
    active: options.active ?? false,
    isStarting: false,
    runningState: options.runningState ?? 'Running',
    restarts: 0,
  };
}
