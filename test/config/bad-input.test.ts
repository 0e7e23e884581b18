import { describe, expect, it } from 'vitest';
import { componentKinds, connectionSchemas, probeKinds } from '../../src/integrations/index.ts';
import { changed, problemsIn } from './a-config.ts';

const PRODUCTION = 'services.checkout.environments.production';
const WINDOWS = `${PRODUCTION}.monitor.windows`;

const BOT_TOKEN =
  'the Bot User OAuth Token, which starts with xoxb- (app settings, "OAuth & Permissions")';
const APP_TOKEN =
  'an app-level token with connections:write, which starts with xapp- (app settings, "Basic Information")';
const CHANNEL =
  'a channel id such as C0123456789 (channel name, "About", at the bottom), not its name';
const PRINCIPAL =
  'the id of a Slack user (U… or W…; profile, "Copy member ID") or user group (S…), not a name';
const URL = 'an https URL, such as https://slack.com/api/; http only on this machine (127.0.0.1)';
const FILE = 'a reference to a readable file that is not empty, of at most 65536 bytes';
const YAML = 'valid YAML (look at indentation, quotes and colons here and just above)';

// More kinds, connections and settings come with each integration: what is expected follows them.
const FILE_KEYS = ['slack', 'journal', 'incidents', 'playbooks', 'services']
  .concat(Object.keys(connectionSchemas))
  .join(', ');
const REPOSITORY_KEYS = Object.keys(componentKinds['github-repository']?.settings.shape ?? {})
  .concat('kind')
  .join(', ');

function oneOf(registry: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(registry).map((name) => `"${name}"`);
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

const duration = (from: string, to: string) =>
  `a duration from ${from} to ${to}, such as 500ms, 2s, 15m, 4h or 1h30m`;
const windows = (...lines: readonly string[]) =>
  changed({
    '        approval:': `        monitor:\n          windows: [${lines.join(', ')}]\n        approval:`,
  });

interface Case {
  readonly of: string;
  readonly text: string;
  readonly says: readonly string[];
}

const WHOLE_FILE: readonly Case[] = [
  { of: 'an empty file', text: '', says: ['the file should be a block of keys; found nothing'] },
  { of: 'a list', text: '- a\n- b\n', says: ['the file should be a block of keys; found a list'] },
  {
    of: 'a file without anything needed',
    text: 'journal: {}\n',
    says: [
      'slack should be a block of keys; found nothing',
      'incidents should be a block of keys; found nothing',
      'services should be a block of keys; found nothing',
    ],
  },
  {
    of: 'a file that is too large',
    text: `# ${'x'.repeat(1_000_000)}`,
    says: ['the file should be at most 1000000 bytes; found 1000002 bytes'],
  },
  {
    of: 'aliases that go round in a circle',
    text: 'slack: &a\n  mode: *a\n',
    says: [
      'the file should be plain YAML, nested a few levels deep, without aliases to themselves; found aliases that cannot be followed',
    ],
  },
  {
    of: 'bad indentation',
    text: changed({ '  mode: socket': '  mode: socket\n   host: here' }),
    says: [
      `line 2: the text at column 9 should be ${YAML}; found a mistake (Nested mappings are not allowed in compact mappings)`,
    ],
  },
  {
    of: 'a quote that is not closed',
    text: changed({ 'from: [U0000000BEN]': 'from: ["U0000000BEN]' }),
    says: [
      `line 26: the text at column 1 should be ${YAML}; found a mistake (Missing closing quote)`,
    ],
  },
  {
    of: 'a tag',
    text: changed({ 'channel: C0123456789': 'channel: !secret xyz' }),
    says: [`line 6: the text at column 12 should be ${YAML}; found a mistake (Unresolved tag)`],
  },
  {
    of: 'a key that stands twice',
    text: changed({ '  mode: socket': '  mode: socket\n  mode: http' }),
    says: [
      'line 3: the text at column 3 should be a key that its block does not have yet; found mode for the second time',
    ],
  },
];

const KEYS: readonly Case[] = [
  {
    of: 'a mistyped key',
    text: changed({ 'incidents:': 'incidents:\n  comanders: [U0000000ANA]' }),
    says: [
      'line 6: incidents.comanders should be one of the keys of this block (channel, channelPrefix, commanders, quickFix, reminders, readiness, severities, statuses, alerts, captureEmoji, zone); found an unknown key; did you mean commanders?',
    ],
  },
  {
    of: 'a key in another spelling',
    text: changed({ '  botToken: env:BOT': '  bot_token: env:BOT' }),
    says: [
      `line 1: slack.botToken should be ${BOT_TOKEN}; found nothing`,
      'line 3: slack.bot_token should be one of the keys of this block (mode, apiUrl, botToken, host, port, appToken, signingSecret); found an unknown key; did you mean botToken?',
    ],
  },
  {
    of: 'a key unlike any other, with a secret',
    text: changed({ 'slack:': 'database: postgres-password\nslack:' }),
    says: [
      `line 1: database should be one of the keys of the file (${FILE_KEYS}); found an unknown key`,
    ],
  },
  {
    of: 'a mistyped key in the settings of a component',
    text: changed({
      '        probes:':
        '          code: { kind: github-repository, repositry: a/b }\n        probes:',
    }),
    says: [
      `line 22: ${PRODUCTION}.components.code.repository should be a text; found nothing`,
      `line 22: ${PRODUCTION}.components.code.repositry should be one of the keys of this block (${REPOSITORY_KEYS}); found an unknown key; did you mean repository?`,
    ],
  },
];

const SLACK: readonly Case[] = [
  {
    of: 'an unknown mode',
    text: changed({ 'mode: socket': 'mode: sockets' }),
    says: [
      'line 2: slack.mode should be "socket" or "http"; found "sockets"; did you mean socket?',
    ],
  },
  {
    of: 'no mode',
    text: changed({ '  mode: socket\n': '' }),
    says: ['line 1: slack.mode should be "socket" or "http"; found nothing'],
  },
  {
    of: 'socket mode without its token',
    text: changed({ '  appToken: env:APP\n': '' }),
    says: [`line 1: slack.appToken should be ${APP_TOKEN}; found nothing`],
  },
  {
    of: 'http mode without its secret',
    text: changed({ 'mode: socket': 'mode: http' }),
    says: [
      'line 1: slack.signingSecret should be the Signing Secret (app settings, "Basic Information"); found nothing',
    ],
  },
  {
    of: 'tokens that were exchanged',
    text: changed({
      'botToken: env:BOT': 'botToken: env:APP',
      'appToken: env:APP': 'appToken: env:BOT',
    }),
    says: [
      `line 3: slack.botToken should be ${BOT_TOKEN}; found the value of env:APP`,
      `line 4: slack.appToken should be ${APP_TOKEN}; found the value of env:BOT`,
    ],
  },
  {
    of: 'a token in plain text that is none',
    text: changed({ 'botToken: env:BOT': 'botToken: my-password' }),
    says: [`line 3: slack.botToken should be ${BOT_TOKEN}; found a value that is not shown`],
  },
  {
    of: 'an address that is none',
    text: changed({ '  mode: socket': '  mode: socket\n  apiUrl: slack' }),
    says: [`line 3: slack.apiUrl should be ${URL}; found "slack"`],
  },
  {
    of: 'an address without TLS',
    text: changed({ '  mode: socket': '  mode: socket\n  apiUrl: http://slack.example.com/api/' }),
    says: [`line 3: slack.apiUrl should be ${URL}; found "http://slack.example.com/api/"`],
  },
  {
    of: 'a port that is none',
    text: changed({ '  mode: socket': '  mode: socket\n  port: 70000' }),
    says: ['line 3: slack.port should be a port number from 0 to 65535; found 70000'],
  },
];

const REFERENCES: readonly Case[] = [
  {
    of: 'a variable that is not set',
    text: changed({ 'env:BOT': 'env:SLACK_BOT_TOKEN' }),
    says: [
      'line 3: slack.botToken should be a reference to a variable that is set; set SLACK_BOT_TOKEN in the environment; found env:SLACK_BOT_TOKEN, which is not set',
    ],
  },
  {
    of: 'a variable that is empty',
    text: changed({ 'channel: C0123456789': 'channel: env:EMPTY' }),
    says: [
      'line 6: incidents.channel should be a reference to a variable that is set; set EMPTY in the environment; found env:EMPTY, which is empty',
    ],
  },
  {
    of: 'the secret itself behind env:',
    text: changed({ 'env:BOT': 'env:xoxb-1-2' }),
    says: [
      'line 3: slack.botToken should be env: and the name of a variable; found something that is no name after env:',
    ],
  },
  {
    of: 'a name that every object has',
    text: changed({ 'env:BOT': 'env:constructor' }),
    says: [
      'line 3: slack.botToken should be a reference to a variable that is set; set constructor in the environment; found env:constructor, which is not set',
    ],
  },
  {
    of: 'a file that is not there',
    text: changed({ 'env:GITHUB': 'file:secrets/gitlab' }),
    says: [
      `line 11: github.token should be ${FILE}; found file:secrets/gitlab, which cannot be read (ENOENT)`,
    ],
  },
  {
    of: 'a file that is empty',
    text: changed({ 'env:GITHUB': 'file:secrets/empty' }),
    says: [`line 11: github.token should be ${FILE}; found file:secrets/empty, which is empty`],
  },
  {
    of: 'file: without a path',
    text: changed({ 'env:GITHUB': '"file:"' }),
    says: [`line 11: github.token should be ${FILE}; found file: without a path`],
  },
  {
    of: 'a variable of the wrong kind',
    text: changed({ '  mode: socket': '  mode: socket\n  port: env:GITHUB' }),
    says: [
      'line 3: slack.port should be a port number from 0 to 65535; found the value of env:GITHUB',
    ],
  },
];

const INCIDENTS: readonly Case[] = [
  {
    of: "a channel's name",
    text: changed({ C0123456789: '"#incidents"' }),
    says: [`line 6: incidents.channel should be ${CHANNEL}; found "#incidents"`],
  },
  {
    of: 'a prefix that Slack refuses',
    text: changed({ 'incidents:': 'incidents:\n  channelPrefix: INC' }),
    says: [
      'line 6: incidents.channelPrefix should be up to 20 lower-case letters, digits, - and _; found "INC"',
    ],
  },
  {
    of: 'no commanders',
    text: changed({ 'incidents:': 'incidents:\n  commanders: []' }),
    says: [
      'line 6: incidents.commanders should be at least one Slack user id (U…) or user group id (S…); found an empty list',
    ],
  },
  {
    of: 'two severities of one name',
    text: changed({
      'incidents:': 'incidents:\n  severities: { sev1: { label: P1 }, sev2: { label: p1 } }',
    }),
    says: [
      'line 6: incidents.severities should be labels that differ, also from the usual ones of the others; found a block of keys',
    ],
  },
  {
    of: 'a time zone that is none',
    text: changed({ 'incidents:': 'incidents:\n  zone: Berlin' }),
    says: [
      'line 6: incidents.zone should be the IANA name of a time zone, such as Europe/Berlin; found "Berlin"',
    ],
  },
  {
    of: 'a duration without a unit',
    text: changed({ 'incidents:': 'incidents:\n  quickFix: { limit: 15 }' }),
    says: [`line 6: incidents.quickFix.limit should be ${duration('1m', '4h')}; found 15`],
  },
  {
    of: 'a duration that is too long',
    text: changed({ 'incidents:': 'incidents:\n  quickFix: { limit: 5h }' }),
    says: [`line 6: incidents.quickFix.limit should be ${duration('1m', '4h')}; found "5h"`],
  },
];

const SERVICES: readonly Case[] = [
  {
    of: 'no services',
    text: changed({ 'services:': 'services: {}\nservice:' }),
    says: [
      'line 12: services should be at least one service, such as `checkout:` with its environments; found an empty block',
      `line 13: service should be one of the keys of the file (${FILE_KEYS}); found an unknown key; did you mean services?`,
    ],
  },
  {
    of: 'a service id that cannot be typed',
    text: changed({ '  checkout:': '  Check Out:' }),
    says: [
      'line 13: services["Check Out"] should be an id of up to 40 lower-case letters, digits and -; found "Check Out"',
    ],
  },
  {
    of: 'a name in place of an id',
    text: changed({ U0000000ANA: 'U0000000ANA, "@ben"' }),
    says: [`line 14: services.checkout.responders[1] should be ${PRINCIPAL}; found "@ben"`],
  },
  {
    of: 'a contact that cannot be reached',
    text: changed({
      '    environments:': '    contacts: [{ role: Security, name: Desk }]\n    environments:',
    }),
    says: [
      'line 15: services.checkout.contacts[0] should be a way to reach this contact: slack, phone or email; found a block of keys',
    ],
  },
  {
    of: 'a telephone number without quotes',
    text: changed({
      '    environments:':
        '    contacts: [{ role: Security, name: Desk, phone: 030123456 }]\n    environments:',
    }),
    says: [
      'line 15: services.checkout.contacts[0].phone should be a telephone number in quotes, such as "+49 30 123456"; found 30123456',
    ],
  },
  {
    of: 'an unknown kind of component',
    text: changed({ 'kind: azure-app-service': 'kind: azure-appservice' }),
    says: [
      `line 19: ${PRODUCTION}.components.web.kind should be ${oneOf(componentKinds)}; found "azure-appservice"; did you mean azure-app-service?`,
    ],
  },
  {
    of: 'an unknown kind of probe',
    text: changed({ 'kind: http,': 'kind: ping,' }),
    says: [
      `line 23: ${PRODUCTION}.probes.health.kind should be ${oneOf(probeKinds)}; found "ping"`,
    ],
  },
  {
    of: 'a component without its connection',
    text: changed({
      'github:\n  token: env:GITHUB\n': '',
      'probes:': '  source: { kind: github-repository, repository: a/b }\n        probes:',
    }),
    says: [
      `line 20: github should be the connection that ${PRODUCTION}.components.source (github-repository) needs; add github: at the top level of the file; found nothing`,
    ],
  },
  {
    of: 'components without a probe',
    text: changed({
      '        probes:\n          health: { kind: http, url: "https://checkout.example.com/health" }\n':
        '',
    }),
    says: [
      `line 16: ${PRODUCTION}.probes should be at least one probe, without which no rollback can be verified; found nothing`,
    ],
  },
  {
    of: 'a password in an address',
    text: changed({ 'https://checkout': 'https://u:hunter2@checkout' }),
    says: [
      `line 23: ${PRODUCTION}.probes.health.url should be a value that must not carry a user name or password; found "https://u:[redacted]@checkout.example.com/health"`,
    ],
  },
  {
    of: 'more approvals than people who may give them',
    text: changed({ '          from:': '          count: 2\n          from:' }),
    says: [
      `line 25: ${PRODUCTION}.approval.count should be at most 1, the number of people in its from: list; found 2`,
    ],
  },
  {
    of: 'an unknown severity',
    text: changed({
      '          from:': '          bySeverity: { sev5: { count: 1 } }\n          from:',
    }),
    says: [
      `line 25: ${PRODUCTION}.approval.bySeverity.sev5 should be one of the keys of this block (sev1, sev2, sev3, sev4); found an unknown key; did you mean sev1?`,
    ],
  },
  {
    of: 'a verification that cannot end in time',
    text: changed({
      '        approval:':
        '        verification: { passes: 10, every: 1m, limit: 2m }\n        approval:',
    }),
    says: [
      `line 24: ${PRODUCTION}.verification.limit should be at least 9m, which 10 readings every 1m take; found "2m"`,
    ],
  },
  {
    of: 'a window that ends before it begins',
    text: windows('{ name: a, from: 1h, until: 30m, every: 1m }'),
    says: [`line 25: ${WINDOWS}[0].until should be later than \`from\` (1h); found "30m"`],
  },
  {
    of: 'a window shorter than the time between its readings',
    text: windows('{ name: a, from: 0s, until: 1m, every: 2m }'),
    says: [`line 25: ${WINDOWS}[0].every should be at most the window's length (1m); found "2m"`],
  },
  {
    of: 'windows that overlap, with the same name',
    text: windows(
      '{ name: a, from: 0s, until: 10m, every: 1m }',
      '{ name: a, from: 5m, until: 1h, every: 1m }',
    ),
    says: [
      `line 25: ${WINDOWS}[1].from should be 10m or later, when the window "a" ends; windows follow each other; found "5m"`,
      `line 25: ${WINDOWS}[1].name should be a name that no other window here has; found "a"`,
    ],
  },
];

const DRILLS: readonly Case[] = ['production', 'prod-eu', 'eu-live'].map((name) => ({
  of: `drills on ${name}`,
  text: changed({ '      production:': `      ${name}:\n        drills: true` }),
  says: [
    `line 17: services.checkout.environments.${name}.drills should be left out: people practise on staging or a simulation, never on production; found true`,
  ],
}));

const CONNECTIONS: readonly Case[] = [
  {
    of: 'an empty secret',
    text: changed({ 'token: env:GITHUB': 'token: ""' }),
    says: ['line 11: github.token should be a text that is not empty; found ""'],
  },
  {
    of: 'a number for a secret',
    text: changed({ 'token: env:GITHUB': 'token: 123456789' }),
    says: ['line 11: github.token should be a text; found a value that is not shown'],
  },
  {
    of: 'a subscription that is no UUID',
    text: changed({ '11111111-2222-4333-8444-555555555555': 'shop' }),
    says: [
      'line 8: azure.subscriptionId should be a UUID, such as 11111111-2222-4333-8444-555555555555; found "shop"',
    ],
  },
  {
    of: 'an unknown way to sign in, with a secret',
    text: changed({ 'client-secret,': 'client_secret,', 'env:AZURE': 'plain-secret' }),
    says: [
      'line 9: azure.auth.kind should be "client-secret", "managed-identity", "workload-identity" or "token"; found "client_secret"; did you mean client-secret?',
    ],
  },
];

describe.each([
  ['the file', WHOLE_FILE],
  ['keys', KEYS],
  ['slack', SLACK],
  ['references', REFERENCES],
  ['incidents', INCIDENTS],
  ['services', SERVICES],
  ['drills', DRILLS],
  ['connections', CONNECTIONS],
])('a mistake in %s', (_, cases) => {
  it.each(cases)('is told about: $of', ({ text, says }) => {
    expect(problemsIn(text)).toEqual(says);
  });
});

describe('several mistakes', () => {
  it('are told about together, in the order of the file', () => {
    const text = changed({
      'env:BOT': 'env:NOWHERE',
      C0123456789: 'incidents',
      'app: shop-checkout': 'app: shop checkout',
      U0000000BEN: 'ben',
    });

    const problems = problemsIn(text);

    expect(problems.map((each) => each.split(' should be ')[0])).toEqual([
      'line 3: slack.botToken',
      'line 6: incidents.channel',
      `line 21: ${PRODUCTION}.components.web.app`,
      `line 25: ${PRODUCTION}.approval.from[0]`,
    ]);
  });
});
