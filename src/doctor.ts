/** `backstop doctor`: checks what the configuration promises, by reading only, and says what to do about each failure. */

import type { WebClient } from '@slack/web-api';
import { WebClient as Client } from '@slack/web-api';
import type { Clock } from './clock.ts';
import type { DoctorFinding } from './component.ts';
import type { Config } from './config/config.ts';
import { readPlaybooks, SHIPPED_PLAYBOOKS } from './config/playbooks.ts';
import { messageOf, OutsideError } from './errors.ts';
import { createCatalogue } from './integrations/catalogue.ts';
import type { Verdict } from './operation.ts';
import type { Catalogue } from './service.ts';
import { type CallDetail, callSlack } from './slack/call.ts';
import { createRateLimits } from './slack/rate-limits.ts';

export interface DoctorOptions {
  readonly config: Config;
  /** The bot scopes of `manifest.yml`. */
  readonly scopes: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A finding and the part of the set-up it is about. */
export interface Examined extends DoctorFinding {
  readonly part: string;
}

const CALL_LIMIT_MS = 15_000;

/** Checks Slack, every integration and every probe at once. Never throws; what cannot be read is a finding. */
export async function examine(options: DoctorOptions): Promise<readonly Examined[]> {
  const { config } = options;
  const catalogue = createCatalogue(config);
  const parts = await Promise.all([
    Promise.resolve(config.warnings.map(warning)),
    Promise.resolve(examinePlaybooks(config)),
    examineSlack(options),
    examineSystems(catalogue, options.signal),
    examinePlaces(catalogue, options.signal),
  ]);
  return parts.flat();
}

function warning(words: string): Examined {
  return {
    part: 'Configuration',
    what: 'secrets',
    verdict: 'warn',
    reason: words,
    next: 'Move it out of the file.',
  };
}

/** One finding for those that can be used, and one for each file that cannot. */
function examinePlaybooks({ playbooks: own }: Config): readonly Examined[] {
  const folders = own === undefined ? [SHIPPED_PLAYBOOKS] : [SHIPPED_PLAYBOOKS, own];
  const read = folders.map(readPlaybooks);
  const names = new Set(read.flatMap(({ playbooks }) => playbooks.map(({ name }) => name)));
  const good = pass('playbooks', `${names.size} of them: ${[...names].sort().join(', ')}`);
  const bad = read
    .flatMap(({ failures }) => failures)
    .map(({ file, error }) => fail(file, error.message, 'Correct the file, or take it away.'));
  return [good, ...bad].map((finding) => ({ part: 'Playbooks', ...finding }));
}

async function examineSlack({
  config,
  scopes,
  clock,
  signal,
}: DoctorOptions): Promise<readonly Examined[]> {
  const { slack, incidents, services } = config;
  const options = {
    slackApiUrl: slack.apiUrl,
    timeout: CALL_LIMIT_MS,
    retryConfig: { retries: 0 },
  };
  const bot = new Client(slack.botToken, options);
  const limits = createRateLimits(clock);
  const ask = <T>(detail: Omit<CallDetail, 'repeatable'>, send: () => Promise<T>): Promise<T> =>
    callSlack({ ...detail, repeatable: true }, { clock, signal, limits }, send);
  const slackPart = (finding: DoctorFinding): Examined => ({ part: 'Slack', ...finding });

  const checks: Promise<DoctorFinding>[] = [
    check('bot token', async () => {
      const who = await ask({ method: 'auth.test', attempted: 'log in', on: slack.apiUrl }, () =>
        bot.auth.test(),
      );
      const granted: readonly string[] = who.response_metadata?.scopes ?? [];
      const missing = scopes.filter((scope) => !granted.includes(scope));
      if (missing.length > 0) {
        return fail(
          'bot token',
          `lacks ${missing.join(', ')}`,
          'Update the app from manifest.yml and reinstall it.',
        );
      }
      return pass(
        'bot token',
        `${who.user ?? 'the bot'} in ${who.team ?? 'the workspace'}, every scope granted`,
      );
    }),
    check('incidents channel', async () => {
      const { channel } = await ask(
        { method: 'conversations.info', attempted: 'look up the channel', on: incidents.channel },
        () => bot.conversations.info({ channel: incidents.channel }),
      );
      return channel?.is_member
        ? pass('incidents channel', `#${channel.name} is there, and the bot is in it`)
        : fail(
            'incidents channel',
            `the bot is not in #${channel?.name ?? incidents.channel}`,
            'Invite it there: /invite @Backstop',
          );
    }),
    ...groupsOf(config).map((group) =>
      check(`user group ${group}`, () => groupFinding(bot, ask, group)),
    ),
  ];
  if (slack.mode === 'socket') {
    checks.push(
      check('app token', async () => {
        const app = new Client(slack.appToken, options);
        await ask(
          { method: 'apps.connections.open', attempted: 'ask for a socket', on: slack.apiUrl },
          () => app.apps.connections.open(),
        );
        return pass('app token', 'Socket Mode is allowed');
      }),
    );
  }
  if (Object.keys(services).length === 0)
    checks.push(Promise.resolve(fail('services', 'there are none', 'Add one.')));
  return (await Promise.all(checks)).map(slackPart);
}

async function groupFinding(
  bot: WebClient,
  ask: <T>(detail: Omit<CallDetail, 'repeatable'>, send: () => Promise<T>) => Promise<T>,
  group: string,
): Promise<DoctorFinding> {
  const what = `user group ${group}`;
  const { users = [] } = await ask(
    { method: 'usergroups.users.list', attempted: 'read the members', on: group },
    () => bot.usergroups.users.list({ usergroup: group }),
  );
  return users.length > 0
    ? pass(what, `${users.length} members`)
    : fail(
        what,
        'nobody is in it',
        'Add people to the group, or name another one in backstop.yaml.',
      );
}

function groupsOf({ services, incidents }: Config): readonly string[] {
  const principals = Object.values(services).flatMap(({ responders, environments }) => [
    ...responders,
    ...Object.values(environments).flatMap(({ approval }) => [
      ...approval.from,
      ...approval.breakGlass,
    ]),
  ]);
  const all = new Set([...principals, ...(incidents.commanders ?? [])]);
  return [...all].filter((principal) => principal.startsWith('S'));
}

async function examineSystems(
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  const places = catalogue
    .services()
    .flatMap(({ id, environments }) =>
      Object.keys(environments).map((environment) => [id, environment] as const),
    );
  const found = await Promise.all(
    places.map(async ([service, environment]) => {
      const part = `${service} ${environment}`;
      try {
        const { components, probes } = await catalogue.systems(service, environment);
        const [findings, readings] = await Promise.all([
          Promise.all(components.map((component) => component.doctor(signal))),
          Promise.all(probes.map((probe) => probe.read(signal))),
        ]);
        return [
          ...findings.flat(),
          ...readings.map(
            ({ probe, verdict, reason }): DoctorFinding => ({
              what: `probe ${probe}`,
              // A failing service is no fault of the set-up, as long as the probe can be read.
              verdict: verdict === 'fail' ? 'warn' : verdict,
              reason,
              next:
                verdict === 'pass'
                  ? ''
                  : 'Check the address in backstop.yaml, or the service itself.',
            }),
          ),
        ].map((finding): Examined => ({ part, ...finding }));
      } catch (error) {
        return [{ part, ...fail('integrations', messageOf(error), 'Correct backstop.yaml.') }];
      }
    }),
  );
  return found.flat();
}

/** Where people outside are told, for each service that has such a place. */
async function examinePlaces(
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  const found = await Promise.all(
    catalogue.services().map(async ({ id }) => {
      const part = `${id} status page`;
      try {
        const places = await catalogue.places(id);
        const findings = await Promise.all(places.map((place) => place.doctor(signal)));
        return findings.flat().map((finding): Examined => ({ part, ...finding }));
      } catch (error) {
        return [{ part, ...fail('integrations', messageOf(error), 'Correct backstop.yaml.') }];
      }
    }),
  );
  return found.flat();
}

async function check(what: string, work: () => Promise<DoctorFinding>): Promise<DoctorFinding> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutsideError)) return fail(what, messageOf(error), 'See the message.');
    const { kind, code, next } = error.detail;
    const verdict: Verdict = kind === 'unavailable' ? 'unknown' : 'fail';
    return { what, verdict, reason: `Slack answers ${code ?? 'nothing'}`, next };
  }
}

function pass(what: string, reason: string): DoctorFinding {
  return { what, verdict: 'pass', reason, next: '' };
}

function fail(what: string, reason: string, next: string): DoctorFinding {
  return { what, verdict: 'fail', reason, next };
}
