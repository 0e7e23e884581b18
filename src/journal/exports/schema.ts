/** The JSON export's form. A change that old readers cannot take gets a new version number. */

import { z } from 'zod';
import { TIMELINE_KINDS } from '../../timeline/thread.ts';
import {
  MonitorWindow,
  Plan,
  PlaybookRecord,
  ProbeReading,
  QuickFix,
  ReleaseChange,
  Run,
} from './schema-actions.ts';
import { Answer, Decision, Duration, People, SeverityRecord } from './schema-people.ts';
import { Count, Text, Time } from './schema-terms.ts';
import { RawEvent, Status, TimelineEntry } from './schema-timeline.ts';

export const POSTMORTEM_SCHEMA = 'backstop/postmortem@1';

/** The JSON export. Within a version only optional fields are added, so readers take no offence at unknown ones. */
export const PostmortemExport = z.object({
  schema: z.literal(POSTMORTEM_SCHEMA),
  id: z.string(),
  title: Text,
  reported: Text,
  service: z.object({ id: z.string(), title: z.string() }),
  environment: z.string(),
  private: z.literal(true).optional().describe('Set where it is only for those who are in it.'),
  channel: z.string().optional(),
  channelUrl: z.string().optional().describe('Where the channel is found.'),
  issue: z.string().optional().describe('The address of the issue in which it is worked on.'),
  declared: z.object({ by: z.string(), at: Time }),
  status: z.object({
    is: Status,
    since: Time,
    reason: Text.optional(),
  }),
  summary: z.array(Text),
  durations: z.array(Duration),
  severities: z.array(SeverityRecord).describe('Oldest first; the last is in force.'),
  statuses: z
    .array(z.object({ status: Status, at: Time, by: z.string(), reason: Text.optional() }))
    .optional()
    .describe('Oldest first; the last is in force.'),
  assessment: z.array(Answer),
  people: People,
  decisions: z.array(Decision).describe('Oldest first; the last is in force.'),
  plans: z.array(Plan),
  refusedPlans: z.array(z.object({ at: Time, reason: Text })),
  runs: z.array(Run),
  quickFixes: z.array(QuickFix),
  monitoring: z.array(MonitorWindow),
  readings: z.array(ProbeReading).optional().describe('Every reading of a probe, oldest first.'),
  changes: z.array(ReleaseChange),
  playbooks: z.array(PlaybookRecord).optional().describe('In the order they were started.'),
  followUps: z.array(
    z.object({
      id: z.string().optional().describe('`T1`, of one that people agreed on.'),
      what: Text,
      because: Text,
      owner: z.string().optional(),
      due: Time.optional(),
      ticket: z.string().optional().describe('The address of its issue.'),
      done: Time.optional().describe('When it was done.'),
    }),
  ),
  prompts: z.array(
    z.object({
      id: z.enum([
        'impact',
        'detection',
        'root-cause',
        'contributing-factors',
        'went-well',
        'went-badly',
        'lucky',
        'lessons',
      ]),
      title: z.string(),
      questions: z.array(z.string()),
      known: z.array(Text).optional().describe('What the journal can say to it.'),
    }),
  ),
  prevention: z.array(z.object({ title: z.string(), items: z.array(z.string()) })),
  timeline: z.array(TimelineEntry),
  narrowed: z
    .object({
      since: Time.optional(),
      until: Time.optional(),
      kinds: z.array(z.enum(TIMELINE_KINDS)).optional(),
      people: z.array(z.string()).optional().describe('As they are called in `who`.'),
      components: z.array(z.string()).optional().describe('Their ids.'),
    })
    .optional()
    .describe('Set where only this part of the timeline was asked for.'),
  zone: z.string().describe('The reader’s time zone, an IANA name.'),
  generatedAt: Time,
  journal: z.object({
    events: Count,
    firstSeq: Count,
    lastSeq: Count,
    hash: z.string().optional().describe('SHA-256 of the journal’s row `lastSeq`.'),
    head: z
      .object({ seq: Count, hash: z.string() })
      .optional()
      .describe('The journal’s newest row at that time, of whatever incident.'),
  }),
  withoutPeople: z.literal(true).optional().describe('Set where people are called by their role.'),
  writtenBy: z.string().optional().describe('The program and version that wrote it.'),
  events: z
    .array(RawEvent)
    .optional()
    .describe(
      'The record itself, whole, for `backstop import`; absent in what is meant to be shared.',
    ),
  names: z
    .record(z.string(), z.string())
    .optional()
    .describe('Given with `events`: what people were called, by their id.'),
});
export type PostmortemExport = DeepReadonly<z.infer<typeof PostmortemExport>>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The JSON Schema that `docs/postmortem.schema.json` publishes. */
export function postmortemJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(PostmortemExport, { io: 'input' });
  return { $schema, $id: POSTMORTEM_SCHEMA, title: 'Backstop post-mortem', ...rest };
}
