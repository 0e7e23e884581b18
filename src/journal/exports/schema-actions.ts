/** How the JSON export tells what was planned, carried out and watched. */

import { z } from 'zod';
import { Count, Kind, Ms, MsOrNull, Reading, Said, Text, Time, Verdict } from './schema-terms.ts';

export const Plan = z.object({
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
      isCopy: z.literal(true).optional().describe('Only adds something, such as a backup.'),
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
  insteadOf: z
    .object({ plan: z.string(), different: z.array(Text) })
    .optional()
    .describe('The plan before it, which went out of date untouched, and what is different.'),
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
  printed: z
    .array(
      z.object({
        stream: z.enum(['output', 'errors']),
        text: Text,
        leftOut: z.object({ lines: Count, characters: Count }).optional(),
      }),
    )
    .optional()
    .describe('What its commands printed, secrets redacted, within a limit.'),
  troubles: z.array(z.object({ at: Time, reason: Text })),
});

export const Run = z.object({
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

export const QuickFix = z.object({
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

export const MonitorWindow = z.object({
  run: z.string(),
  window: z.string(),
  from: Time,
  until: Time,
  rounds: Count,
  passed: Count,
  last: z.array(Reading),
  firstFailed: z
    .object({ at: Time, readings: z.array(Reading) })
    .optional()
    .describe('The first round in which a probe did not pass, with what did not.'),
  result: z.enum(['passed', 'failed', 'open', 'cut-short', 'superseded', 'not-ended', 'not-begun']),
});

export const ReleaseChange = z.object({
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

export const ProbeReading = z.object({
  at: Time,
  probe: z.string(),
  verdict: Verdict,
  values: z.record(z.string(), z.number()).describe('Measured numbers by name.'),
});

export const PlaybookRecord = z.object({
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
