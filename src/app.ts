/** The composition root: puts journal, loop, integrations, engine, projector and Slack together, starts and stops them. */

import { repositoriesOf } from './cli/repositories.ts';
import { type Clock, systemClock } from './clock.ts';
import { openAlertStore } from './commands/alert-store.ts';
import { alertRoutes } from './commands/alert-webhook.ts';
import { type DeploySearch, isConfigured, searchDeploys } from './commands/alerts.ts';
import type { Desk } from './commands/desk.ts';
import { createHomeTabs, type HomeTabs } from './commands/home-tabs.ts';
import { registerAll } from './commands/register.ts';
import { openSubscriptionStore } from './commands/subscription-store.ts';
import { createSwitchboard } from './commands/switchboard.ts';
import type { Config } from './config/config.ts';
import { loadPlaybooks, SHIPPED_PLAYBOOKS } from './config/playbooks.ts';
import { vocabularyOf } from './config/vocabulary.ts';
import type { ReminderPolicy } from './due-reminders.ts';
import { checkReadiness } from './engine/check-readiness.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { keepLinks } from './engine/links.ts';
import { listRestorePoints } from './engine/list-restore-points.ts';
import { createPlanner } from './engine/planner.ts';
import { postIssue } from './engine/post-issue.ts';
import { createPublisher, type Publisher } from './engine/publish.ts';
import { createReleases, type Releases } from './engine/releases.ts';
import { createReminders, type Reminders } from './engine/reminders.ts';
import { createFollowUpWatch, type FollowUpWatch } from './engine/watch-follow-ups.ts';
import { JournalError } from './errors.ts';
import { isOpen } from './incident.ts';
import { createCatalogue } from './integrations/catalogue.ts';
import { issuesOf } from './integrations/issues.ts';
import type { Journal } from './journal/journal.ts';
import { takeEngineLock } from './journal/lock.ts';
import { openSqliteJournal } from './journal/sqlite.ts';
import { type Log, logFailure } from './log.ts';
import { createLoop, type Loop } from './loop.ts';
import { type Catalogue, placesOf } from './service.ts';
import { type AlertBoard, createAlertBoard } from './slack/alert-board.ts';
import { type Connection, connectSlack } from './slack/connection.ts';
import { createDailyReadiness, type DailyReadiness } from './slack/daily-readiness.ts';
import { createDirectory, type Directory } from './slack/directory.ts';
import { createHerald, type Herald } from './slack/herald.ts';
import { createPrivateMembers, type PrivateMembers } from './slack/private-members.ts';
import { createProjector, type Projector } from './slack/projector.ts';
import { createRateLimits } from './slack/rate-limits.ts';
import { speak } from './vocabulary.ts';

export interface AppOptions {
  readonly config: Config;
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly clock?: Clock;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  /** Called when the process can no longer keep its promises and should be replaced. */
  readonly onFatal: (error: unknown) => void;
}

export interface Backstop {
  readonly loop: Loop;
  /** Where `/healthz` is answered, and in HTTP mode Slack's requests. */
  readonly port: number;
  /** Finishes what was acknowledged, then closes everything. */
  stop(): Promise<void>;
}

/** How often entries of other processes are taken in, milliseconds. */
const CATCH_UP_MS = 1_000;

/**
 * Starts Backstop; resolves when it takes requests.
 * @throws ConfigError when a playbook cannot be used; JournalError when the journal cannot be opened or another process works on it; Slack's error when it does not
 * accept the token.
 */
export async function startApp(options: AppOptions): Promise<Backstop> {
  const { config, log, clock = systemClock, signal = new AbortController().signal } = options;
  const { slack: settings, incidents } = config;
  speak(vocabularyOf(incidents));
  const playbooks = loadPlaybooks(SHIPPED_PLAYBOOKS, config.playbooks);
  const lock = takeEngineLock(config.journal.file);
  if (!lock) {
    throw new JournalError(`Another Backstop is at work on ${config.journal.file}; stop it first.`);
  }
  const started: Partial<Parts> = {};
  const end = async (): Promise<void> => {
    clearInterval(started.catchUp);
    started.unlink?.();
    await started.slack?.stop();
    await started.reminders?.stop();
    await started.followUps?.stop();
    await started.releases?.stop();
    await started.publisher?.stop();
    await started.engine?.stop();
    await started.deploys?.stop();
    await started.board?.stop();
    await started.herald?.stop();
    await started.daily?.stop();
    await started.members?.stop();
    await started.homeTabs?.stop();
    await started.projector?.stop();
    await started.journal?.close();
    lock.release();
  };
  try {
    const now = (): number => clock.now();
    const journal = openSqliteJournal({ file: config.journal.file, now });
    started.journal = journal;
    const loop = createLoop(journal, now, options.redact);
    const catalogue = createCatalogue(config);
    let healthy = true;
    const onError = (error: unknown): void => {
      logFailure(log, error);
      if (!(error instanceof JournalError)) return;
      healthy = false;
      options.onFatal(error);
    };
    const alerts = openAlertStore(journal, now, options.redact, ({ id }) =>
      loop.incidents().some((incident) => incident.alert === id && !isOpen(incident)),
    );
    const deploys = searchDeploys({ catalogue, onError }, alerts);
    started.deploys = deploys;
    const routes = alertRoutes({
      sources: incidents.alerts,
      catalogue,
      store: alerts,
      onChange: (group) => deploys.look(group),
      onError,
    });
    const slack = connectSlack(settings, log, () => healthy, routes);
    const directory = createDirectory(slack.lookups, clock);
    const limits = createRateLimits(clock);
    const planner = createPlanner(catalogue, () => loop.incidents(), now);
    const engine = createEngine({
      loop,
      catalogue,
      planner,
      clock,
      quickFixLimit: incidents.quickFix.limit,
      onError,
    });
    // Runs go on while Slack cannot be reached.
    engine.start();
    started.engine = engine;
    const releases = createReleases({ loop, catalogue, clock, onError });
    releases.start();
    started.releases = releases;
    const publisher = createPublisher({ loop, catalogue, clock, onError });
    publisher.start();
    started.publisher = publisher;
    started.unlink = keepLinks(loop, onError);
    const announced = new Set(
      catalogue.services().flatMap((service) => (placesOf(service).length > 0 ? [service.id] : [])),
    );
    const policy: ReminderPolicy = { ...incidents.reminders, announced };
    const heard = new Map<string, number>();
    const reminders = createReminders({
      loop,
      policy,
      clock,
      lastHeard: (channel) => heard.get(channel),
      onError,
    });
    reminders.start();
    started.reminders = reminders;
    const tracker = issuesOf(config.connections['github']);
    if (tracker) {
      started.followUps = createFollowUpWatch({ loop, clock, tracker, onError });
      started.followUps.start();
    }
    // Health is answered while Slack cannot be reached, so that nobody restarts a bot that carries out runs.
    const port = await slack.open();
    started.slack = slack;
    const { botUserId, team, url } = await slack.identify(clock, signal);

    const subscriptions = openSubscriptionStore(journal);
    const desk: Desk = {
      app: slack.app,
      switchboard: createSwitchboard(slack.app),
      client: slack.lookups,
      uploads: slack.client,
      limits,
      journal,
      loop,
      catalogue,
      plan: planner.plan,
      readiness: (service, environment, limit) =>
        checkReadiness({ catalogue, planner, now }, service, environment, limit),
      restorePoints: (service, environment, limit) =>
        listRestorePoints(catalogue, service, environment, limit),
      directory,
      clock,
      commanders: incidents.commanders,
      quickFixLimit: incidents.quickFix.limit,
      ...(tracker
        ? {
            issues: {
              repositoriesOf: (service) => repositoriesOf(config, service),
              post: (id, actor, issue, limit) =>
                postIssue({ loop, tracker }, id, actor, issue, limit),
            },
          }
        : {}),
      heard: (channel) => heard.set(channel, clock.now()),
      workspaceUrl: url,
      captureEmoji: incidents.captureEmoji,
      reminders: policy,
      subscriptions,
      playbooks,
      zone: incidents.zone,
      redact: options.redact,
      onError,
    };
    const members = createPrivateMembers({
      loop,
      client: slack.client,
      context: { clock, limits },
      botUserId,
      onError,
    });
    const homeTabs = createHomeTabs(desk, (incident) => members.isUnknown(incident));
    registerAll(desk, alerts, homeTabs);

    const projector = createProjector({
      loop,
      journal,
      catalogue,
      client: slack.client,
      directory,
      clock,
      limits,
      botUserId,
      announcements: incidents.channel,
      channelPrefix: incidents.channelPrefix,
      workspaceUrl: url,
      updates: incidents.reminders.updates,
      onError,
    });
    const board = createAlertBoard({
      loop,
      journal,
      groups: () => alerts.groups(),
      canPlan: (group) => isConfigured(desk, group),
      context: { client: slack.client, clock, botUserId, limits },
      clock,
      announcements: incidents.channel,
      onError,
    });
    const herald = createHerald({
      loop,
      journal,
      catalogue,
      subscribersOf: (service) => subscriptions.of(service),
      context: { client: slack.client, clock, botUserId, limits },
      clock,
      onError,
    });
    const { daily } = incidents.readiness;
    if (daily !== 'off') {
      started.daily = createDailyReadiness({
        journal,
        catalogue,
        directory,
        readiness: desk.readiness,
        context: { client: slack.client, clock, botUserId, limits },
        clock,
        at: daily,
        zone: incidents.zone,
        onError,
      });
    }
    await slack.start();
    alerts.subscribe(() => board.look());
    board.start();
    started.board = board;
    herald.start();
    started.herald = herald;
    projector.start();
    started.projector = projector;
    started.members = members;
    started.homeTabs = homeTabs;
    homeTabs.start(members.start());
    void greet(catalogue, directory);
    // The command line writes to the same journal.
    started.catchUp = setInterval(() => loop.catchUp(), CATCH_UP_MS).unref();
    log.info(`Backstop is ready in ${team}, ${settings.mode} mode; health on port ${port}.`);
    // Nobody waits for it.
    started.daily?.start();
    return { loop, port, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What has to be stopped. People are answered first, and the projector last: some of them wait for what it shows. */
interface Parts {
  slack: Connection;
  engine: Engine;
  reminders: Reminders;
  followUps: FollowUpWatch;
  releases: Releases;
  publisher: Publisher;
  unlink: () => void;
  projector: Projector;
  board: AlertBoard;
  herald: Herald;
  daily: DailyReadiness;
  members: PrivateMembers;
  homeTabs: HomeTabs;
  deploys: DeploySearch;
  journal: Journal;
  catchUp: NodeJS.Timeout;
}

/** Learns the names of those who will act, so that the journal has them from their first click on. */
async function greet(catalogue: Catalogue, directory: Directory): Promise<void> {
  const principals = catalogue
    .services()
    .flatMap(({ responders, environments }) => [
      ...responders,
      ...Object.values(environments).flatMap(({ approval }) => [
        ...approval.from,
        ...approval.breakGlass,
      ]),
    ]);
  const people = await directory.people([...new Set(principals)]);
  await Promise.all(people.map((user) => directory.name(user)));
}
