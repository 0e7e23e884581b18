/** The JSON export's form. A change that old readers cannot take gets a new version number. */

import { z } from 'zod';
import { QUESTIONS, RESPONSES, SEVERITIES } from '../../assessment.ts';
import { TIMELINE_KINDS } from '../../timeline/thread.ts';

export const POSTMORTEM_SCHEMA = 'backstop/postmortem@1';

const Time = z.iso.datetime({ precision: 3 }).describe('ISO 8601 in UTC, milliseconds.');
const Ms = z.number().nonnegative().describe('Milliseconds.');
const MsOrNull = Ms.nullable();
const Count = z.int().nonnegative();
const Text = z.string().describe('Plain text, no markup.');
const Verdict = z.enum(['pass', 'warn', 'fail', 'unknown']);
const Severity = z.enum(SEVERITIES);
const Response = z.enum(RESPONSES);
const Kind = z.enum([
  'rollback',
  'roll-forward',
  'undo',
  'quick-fix',
  'verify',
  'release',
  'mitigation',
]);

const Reading = z.object({ probe: z.string(), verdict: Verdict, reason: Text });

const Duration = z.object({
  milestone: z.enum(['detect', 'acknowledge', 'decide', 'approve', 'recover', 'resolve']),
  ms: MsOrNull.describe('Milliseconds; null when not known, or when it never came to it.'),
  meaning: Text.describe('What was measured, or why it is not known.'),
});

const SeverityRecord = z.object({
  severity: Severity,
  at: Time,
  by: z.string(),
  reasons: z.array(Text),
  override: Text.optional().describe('Why a person set it by hand.'),
});

const Answer = z.object({
  id: z.enum(QUESTIONS.map(({ id }) => id)),
  question: z.string(),
  answer: z.string().nullable(),
  by: z.string().optional(),
  at: Time.optional(),
});

const People = z.object({
  declaredBy: z.string(),
  roles: z.array(
    z.object({
      role: z.enum(['commander', 'communications-lead', 'operations-lead', 'scribe']),
      name: z.string(),
      from: Time,
      until: Time.optional(),
    }),
  ),
  responders: z.array(z.string()),
  approvers: z.array(z.string()),
  contactsCalled: z.array(Text),
});

const Decision = z.object({
  response: Response,
  at: Time,
  by: z.string(),
  reasons: z.array(Text),
  override: Text.optional().describe('Why a person decided it by hand.'),
  recommended: z.object({ response: Response, reasons: z.array(Text) }).optional(),
});

const Plan = z.object({
  id: z.string(),
  kind: Kind,
  title: Text,
  hash: z.string().describe('SHA-256 an approval binds to.'),
  shownAt: Time,
  shownBy: z.string(),
  expectedMs: Ms,
  components: z.array(z.object({ title: Text, from: z.string(), to: z.string() })),
  steps: z.array(
    z.object({
      id: z.string(),
      title: Text,
      component: Text,
      isHold: z.boolean().optional().describe('Holds something meanwhile, or releases it.'),
      changes: z.array(z.object({ what: Text, from: Text, to: Text })),
      warnings: z.array(z.object({ name: Text, verdict: Verdict, reason: Text })),
    }),
  ),
  losses: z.array(Text),
  mayHaveLost: z.boolean().optional().describe('Whether a step that may lose it was begun.'),
  undo: Text,
  request: z.object({ by: z.string(), at: Time, until: Time }).optional(),
  approvals: z.array(
    z.object({
      by: z.string(),
      at: Time,
      breakGlass: Text.optional().describe('Why somebody went ahead without the approvals.'),
    }),
  ),
  fate: z.enum(['shown', 'requested', 'approved', 'rejected', 'expired', 'stale', 'superseded']),
  fateWords: Text,
});

const Step = z.object({
  id: z.string(),
  title: Text,
  status: z.enum(['waiting', 'intended', 'submitted', 'lost', 'succeeded', 'failed', 'skipped']),
  attempts: Count,
  startedAt: Time.optional(),
  endedAt: Time.optional(),
  ms: MsOrNull,
  how: z
    .enum(['applied', 'observed', 'already', 'person'])
    .optional()
    .describe('By the run, found done after doubt, done before it began, by hand.'),
  by: z.string().optional(),
  allowedBy: z.string().optional().describe('Who was asked again right before it ran.'),
  note: Text.optional(),
  troubles: z.array(z.object({ at: Time, reason: Text })),
});

const Run = z.object({
  id: z.string(),
  plan: z.string(),
  kind: Kind,
  title: Text,
  startedAt: Time,
  startedBy: z.string(),
  endedAt: Time.optional(),
  ms: MsOrNull,
  expectedMs: Ms,
  outcome: z.enum(['recovered', 'not-recovered', 'cancelled', 'done']).nullable(),
  halted: z.object({ step: Text, reason: Text }).optional(),
  reason: Text.optional(),
  steps: z.array(Step),
  verification: z
    .object({
      startedAt: Time,
      endedAt: Time.optional(),
      rounds: Count,
      passed: Count,
      streak: Count,
      last: z.array(Reading),
    })
    .optional(),
});

const QuickFix = z.object({
  branch: z.string(),
  startedAt: Time,
  startedBy: z.string(),
  limitMs: z.number(),
  extensions: z.array(z.object({ at: Time, by: z.string(), until: Time })),
  timeUpAt: Time.optional(),
  deployedAt: Time.optional(),
  deployedBy: z.string().optional(),
  ms: MsOrNull,
  withinLimit: z.boolean().nullable(),
});

const MonitorWindow = z.object({
  run: z.string(),
  window: z.string(),
  from: Time,
  until: Time,
  rounds: Count,
  passed: Count,
  last: z.array(Reading),
  result: z.enum(['passed', 'failed', 'open', 'cut-short', 'superseded', 'not-ended', 'not-begun']),
});

const ReleaseChange = z.object({
  component: Text,
  suspect: z.string(),
  target: z.string(),
  commits: z.array(z.object({ id: z.string(), title: Text, author: z.string() })),
  pullRequests: z.array(
    z.object({ number: z.int(), title: Text, author: z.string(), url: z.string() }),
  ),
  url: z.string().optional(),
  truncated: z.boolean(),
  unknown: Text.optional(),
});

const Said = z.object({ by: z.string(), at: Time });

const PlaybookRecord = z.object({
  name: z.string(),
  title: Text,
  source: Text.describe('The guide and section that it follows.'),
  started: Said,
  ended: Said.extend({ how: z.enum(['finished', 'replaced', 'stopped']) }).optional(),
  steps: z.array(
    z.object({
      id: z.string(),
      kind: z.enum([
        'question',
        'assessment',
        'checklist',
        'operation',
        'approval',
        'verification',
        'monitor',
        'announcement',
        'timer',
      ]),
      title: Text,
      source: Text.optional(),
      done: Said.extend({ how: z.enum(['done', 'met', 'left']), note: Text.optional() }).optional(),
      answer: Text.optional(),
      items: z.array(z.object({ text: Text, ticked: Said.optional() })).optional(),
    }),
  ),
});

const TimelineEntry = z.object({
  seq: Count.describe('Position in the journal.'),
  at: Time,
  kind: z.enum(TIMELINE_KINDS),
  who: z.string(),
  what: Text,
  why: Text.optional(),
  components: z
    .array(z.string())
    .optional()
    .describe('Ids of the components it is about, where it is about some of them.'),
  through: z.object({ seq: Count, at: Time }).optional(),
  times: z.int().min(2).optional(),
  notes: z
    .array(z.object({ by: z.string(), at: Time, text: Text }))
    .optional()
    .describe('What people remarked on it afterwards.'),
  corrected: z
    .object({ from: Time, by: z.string(), why: Text })
    .optional()
    .describe('Its time was corrected by hand; `from` is the time as recorded.'),
  added: z.object({ at: Time }).optional().describe('People added it afterwards, then.'),
});

const Status = z.enum(['investigating', 'identified', 'monitoring', 'resolved', 'closed']);

const ProbeReading = z.object({
  at: Time,
  probe: z.string(),
  verdict: Verdict,
  values: z.record(z.string(), z.number()).describe('Measured numbers by name.'),
});

/** An event as the journal keeps it, but for its stream and its hash. */
const RawEvent = z.object({
  seq: Count,
  version: Count,
  at: z.int().describe('Epoch milliseconds.'),
  type: z.string(),
  actor: z.union([
    z.looseObject({ kind: z.literal('person'), id: z.string(), name: z.string().optional() }),
    z.looseObject({ kind: z.literal('backstop') }),
    z.looseObject({ kind: z.literal('operator'), name: z.string() }),
  ]),
  data: z.record(z.string(), z.unknown()),
});

/** The JSON export. Within a version only optional fields are added, so readers take no offence at unknown ones. */
export const PostmortemExport = z.object({
  schema: z.literal(POSTMORTEM_SCHEMA),
  id: z.string(),
  title: Text,
  reported: Text,
  service: z.object({ id: z.string(), title: z.string() }),
  environment: z.string(),
  channel: z.string().optional(),
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
