/** The parts of `backstop.yaml` about the app itself: Slack, the journal, incidents. */

import { z } from 'zod';
import { SEVERITIES } from '../assessment.ts';
import { isZone } from '../time-zone.ts';
import { STATUSES } from '../vocabulary.ts';
import { duration } from './duration.ts';
import { Principals } from './schema-service.ts';

const BotToken = secret(
  /^(?:xoxe\.)?xoxb-\S+$/,
  'the Bot User OAuth Token, which starts with xoxb- (app settings, "OAuth & Permissions")',
).describe('Bot User OAuth Token, xoxb-…');

const AppToken = secret(
  /^xapp-\S+$/,
  'an app-level token with connections:write, which starts with xapp- (app settings, "Basic Information")',
).describe('App-level token with connections:write, xapp-…');

const SigningSecret = secret(
  /^\S{8,}$/,
  'the Signing Secret (app settings, "Basic Information")',
).describe('Signing Secret, with which Slack signs its requests');

const HTTPS = 'an https URL, such as https://slack.com/api/; http only on this machine (127.0.0.1)';

const connection = {
  apiUrl: z
    .url({ protocol: /^https?$/, error: HTTPS, abort: true })
    .refine((url) => url.startsWith('https:') || isLoopback(url), { error: HTTPS })
    .describe("Slack's Web API.")
    .transform((url) => (url.endsWith('/') ? url : `${url}/`))
    .prefault('https://slack.com/api/'),
  botToken: BotToken,
  // Loopback, so that nothing is reachable from elsewhere unless somebody asks for it (0.0.0.0 in a container).
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, { error: 'an address or host name to listen on, such as 0.0.0.0' })
    .describe('The address to listen on; 0.0.0.0 in a container.')
    .default('127.0.0.1'),
  port: z
    .int({ error: 'a port number from 0 to 65535' })
    .min(0)
    .max(65_535)
    .describe("Answers /healthz, and in http mode Slack's requests; 0 takes any free port.")
    .default(3000),
};

/** How Backstop talks to Slack. Each mode demands the credential that it cannot work without. */
export const Slack = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('socket').describe('Slack is called; no public address is needed.'),
    ...connection,
    appToken: AppToken,
    signingSecret: SigningSecret.exactOptional(),
  }),
  z.strictObject({
    mode: z.literal('http').describe('Slack calls /slack/events at a public HTTPS address.'),
    ...connection,
    appToken: AppToken.exactOptional(),
    signingSecret: SigningSecret,
  }),
]);

export const Journal = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .describe('The SQLite file; relative to this configuration file.')
      .default('backstop.db'),
  })
  .prefault({});

const TOLD_APART = 'labels that differ, also from the usual ones of the others';

const DAILY = 'a time of day in quotes, such as "09:00", or off';

const CHANNEL =
  'a channel id such as C0123456789 (channel name, "About", at the bottom), not its name';

const AlertSource = z.strictObject({
  kind: z.enum(['alertmanager', 'grafana', 'datadog', 'pagerduty', 'azure-monitor', 'generic']),
  secret: secret(/^\S{16,}$/, 'a secret of at least 16 characters without spaces').describe(
    'As `Authorization: Bearer …`, as ?token= in the address, or what PagerDuty signs with.',
  ),
  service: z
    .string()
    .describe('For alerts that name no service; the id of one below.')
    .exactOptional(),
  environment: z.string().describe('For alerts that name no environment.').exactOptional(),
});

export const Incidents = z.strictObject({
  channel: z
    .string({ error: CHANNEL })
    .regex(/^C[A-Z0-9]{2,}$/, { error: CHANNEL })
    .describe('Where incidents are announced; invite the bot to it.'),
  channelPrefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,19}$/, {
      error: 'up to 20 lower-case letters, digits, - and _',
    })
    .describe('Incident channels are called <prefix>-0001-….')
    .default('inc'),
  commanders: Principals.describe(
    'Who may take command; everybody who is a full member when absent.',
  ).exactOptional(),
  quickFix: z
    .strictObject({
      limit: duration('1m', '4h')
        .describe('How long a quick fix may take before the commander is asked again (guide 002).')
        .prefault('15m'),
    })
    .prefault({}),
  reminders: z
    .strictObject({
      updates: z
        .strictObject({
          sev1: silence('30m'),
          sev2: silence('1h'),
          sev3: silence('4h'),
          sev4: duration('1m', '30d').exactOptional(),
        })
        .describe('How long people may hear nothing, by severity; sev4 has no limit by default.')
        .prefault({}),
      commander: duration('10s', '1d')
        .describe('How long a SEV1 may have no commander.')
        .prefault('5m'),
      roles: duration('1m', '1d')
        .describe('How long a SEV1 or SEV2 may have no communications lead or no scribe.')
        .prefault('15m'),
      snooze: duration('1m', '1d').describe('How long Snooze puts a reminder off.').prefault('15m'),
    })
    .prefault({}),
  readiness: z
    .strictObject({
      daily: z
        .string({ error: DAILY })
        .regex(/^(?:off|(?:[01]?[0-9]|2[0-3]):[0-5][0-9])$/, { error: DAILY })
        .describe(
          'When those who answer for a service are told that something stands in the way of a rollback, in the time zone of `zone`; or off.',
        )
        .default('09:00'),
    })
    .prefault({}),
  severities: z
    .strictObject({ sev1: term(), sev2: term(), sev3: term(), sev4: term() })
    .refine(distinct, { error: TOLD_APART })
    .describe('What you call the severities; the ids stay as they are here and in exports.')
    .prefault({}),
  statuses: z
    .strictObject({
      investigating: term(),
      identified: term(),
      monitoring: term(),
      resolved: term(),
      closed: term(),
    })
    .refine(distinct, { error: TOLD_APART })
    .describe('What you call the statuses; the ids stay as they are here and in exports.')
    .prefault({}),
  alerts: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, {
        error: 'a name of up to 40 lower-case letters, digits and -',
      }),
      AlertSource,
    )
    .describe('Who may send alerts to POST /alerts/<name>.')
    .default({}),
  captureEmoji: z
    .string()
    .regex(/^[a-z0-9_+'-]{1,100}$/, { error: 'the name of an emoji without colons' })
    .describe('Reacting with it puts a message into the timeline.')
    .default('pushpin'),
  zone: z
    .string()
    .refine(isZone, { error: 'the IANA name of a time zone, such as Europe/Berlin' })
    .describe('The time zone shown beside UTC in exports.')
    .default('UTC'),
});

/** A label must not be that of another, nor another’s id, which people may type too. */
function distinct(
  terms: Readonly<Record<string, { readonly label?: string } | undefined>>,
): boolean {
  const labels = Object.entries(terms).map(([id, term]) => (term?.label ?? id).toLowerCase());
  const own = Object.entries(terms).every(
    ([id, term]) =>
      !term?.label || !USUAL_IDS.has(term.label.toLowerCase()) || term.label.toLowerCase() === id,
  );
  return own && new Set(labels).size === labels.length;
}

const USUAL_IDS: ReadonlySet<string> = new Set([...SEVERITIES, ...STATUSES]);

/** How one severity or status is called. */
function term() {
  return z
    .strictObject({
      label: z
        .string()
        .trim()
        .regex(/^[^<>&*_~`|@#\n]{1,24}$/u, {
          error: 'up to 24 characters, none of < > & * _ ~ ` | @ #',
        })
        .exactOptional(),
      meaning: z.string().trim().min(1).max(75).describe('In a few words.').exactOptional(),
    })
    .exactOptional();
}

function silence(usual: string) {
  return duration('1m', '30d').prefault(usual);
}

function secret(form: RegExp, expected: string) {
  return z.string({ error: expected }).regex(form, { error: expected }).meta({ secret: true });
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
