import { z } from 'zod';
import type { Notice } from '../component.ts';

/** A notice as an operation's input. */
export const NoticeInput: z.ZodType<Notice> = z.strictObject({
  thread: z.string().min(1),
  number: z.int().min(1),
  title: z.string().min(1),
  text: z.string().min(1),
  state: z.enum(['investigating', 'identified', 'monitoring', 'resolved']),
  impact: z.enum(['minor', 'major', 'critical']),
});
