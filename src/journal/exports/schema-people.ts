/** How the JSON export tells who was there, what they found out, decided and how long it took. */

import { z } from 'zod';
import { QUESTIONS } from '../../assessment.ts';
import { MsOrNull, Response, Severity, Text, Time } from './schema-terms.ts';

export const Duration = z.object({
  milestone: z.enum(['detect', 'acknowledge', 'decide', 'approve', 'recover', 'resolve']),
  ms: MsOrNull.describe('Milliseconds; null when not known, or when it never came to it.'),
  meaning: Text.describe('What was measured, or why it is not known.'),
});

export const SeverityRecord = z.object({
  severity: Severity,
  at: Time,
  by: z.string(),
  reasons: z.array(Text),
  override: Text.optional().describe('Why a person set it by hand.'),
});

export const Answer = z.object({
  id: z.enum(QUESTIONS.map(({ id }) => id)),
  question: z.string(),
  answer: z.string().nullable(),
  by: z.string().optional(),
  at: Time.optional(),
});

export const People = z.object({
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

export const Decision = z.object({
  response: Response,
  at: Time,
  by: z.string(),
  reasons: z.array(Text),
  override: Text.optional().describe('Why a person decided it by hand.'),
  recommended: z.object({ response: Response, reasons: z.array(Text) }).optional(),
});
