/** The terms that every part of the JSON export is written in. */

import { z } from 'zod';
import { RESPONSES, SEVERITIES } from '../../assessment.ts';

export const Time = z.iso.datetime({ precision: 3 }).describe('ISO 8601 in UTC, milliseconds.');
export const Ms = z.number().nonnegative().describe('Milliseconds.');
export const MsOrNull = Ms.nullable();
export const Count = z.int().nonnegative();
export const Text = z.string().describe('Plain text, no markup.');
export const Verdict = z.enum(['pass', 'warn', 'fail', 'unknown']);
export const Severity = z.enum(SEVERITIES);
export const Response = z.enum(RESPONSES);

export const Kind = z.enum([
  'rollback',
  'roll-forward',
  'undo',
  'quick-fix',
  'verify',
  'release',
  'mitigation',
]);

export const Reading = z.object({ probe: z.string(), verdict: Verdict, reason: Text });

export const Said = z.object({ by: z.string(), at: Time });
