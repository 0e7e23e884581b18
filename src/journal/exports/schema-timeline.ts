/** How the JSON export tells the timeline, and carries the record itself. */

import { z } from 'zod';
import { TIMELINE_KINDS } from '../../timeline/thread.ts';
import { Count, Text, Time } from './schema-terms.ts';

export const Status = z.enum(['investigating', 'identified', 'monitoring', 'resolved', 'closed']);

export const TimelineEntry = z.object({
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

/** An event as the journal keeps it, but for its stream and its hash. */
export const RawEvent = z.object({
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
