/** The parts of `backstop.yaml` about one service and its environments. */

import { z } from 'zod';
import { SEVERITIES } from '../assessment.ts';
import { duration, formatDuration } from './duration.ts';

export const Slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: 'an id of up to 40 lower-case letters, digits and -',
});

const PRINCIPAL =
  'the id of a Slack user (U… or W…; profile, "Copy member ID") or user group (S…), not a name';
const PERSON = 'a Slack user id (U…)';
const Person = z.string({ error: PERSON }).regex(/^[UW][A-Z0-9]{2,}$/, { error: PERSON });
const Principal = z.string({ error: PRINCIPAL }).regex(/^[UWS][A-Z0-9]{2,}$/, { error: PRINCIPAL });

export const Principals = z
  .array(Principal)
  .min(1, { error: 'at least one Slack user id (U…) or user group id (S…)' });

const PHONE = 'a telephone number in quotes, such as "+49 30 123456"';

export const Contact = z
  .strictObject({
    role: z.string().min(1).max(80).describe('For example: Database administrator.'),
    name: z.string().min(1).max(80),
    slack: Principal.exactOptional(),
    phone: z
      .string({ error: PHONE })
      .regex(/^\+?[0-9][0-9 ()./-]{2,30}$/, { error: PHONE })
      .exactOptional(),
    email: z.email({ error: 'an e-mail address' }).exactOptional(),
  })
  .refine((contact) => Boolean(contact.slack ?? contact.phone ?? contact.email), {
    error: 'a way to reach this contact: slack, phone or email',
  });

export const Verification = z
  .strictObject({
    passes: z
      .int()
      .min(1)
      .max(100)
      .describe('How often every probe must pass in a row.')
      .default(3),
    every: duration('1s', '10m').describe('Time between two readings.').prefault('10s'),
    limit: duration('1s', '4h')
      .describe('After this the rollback counts as not recovered.')
      .prefault('5m'),
  })
  .superRefine(({ passes, every, limit }, context) => {
    const needed = (passes - 1) * every;
    if (needed <= limit) return;
    context.addIssue({
      code: 'custom',
      path: ['limit'],
      message: `at least ${formatDuration(needed)}, which ${passes} readings every ${formatDuration(every)} take`,
    });
  })
  .prefault({});

export const Release = z
  .strictObject({
    settle: duration('10m', '30d')
      .describe(
        'How long the restore point of a release is kept once it is out (guide 004, "Long-term Validation").',
      )
      .prefault('48h'),
    contentGroup: Principal.describe(
      'Who is asked to pause editing content while a release is under way.',
    ).exactOptional(),
  })
  .prefault({});

const Window = z.strictObject({
  name: z.string().min(1).max(60),
  from: duration('0s', '30d'),
  until: duration('1s', '30d'),
  every: duration('10s', '1d'),
});

export const Monitor = z
  .strictObject({
    windows: z
      .array(Window)
      .superRefine((windows, context) => {
        for (const { path, message } of windowFaults(windows)) {
          context.addIssue({ code: 'custom', path: [...path], message });
        }
      })
      .describe('When the probes are read again after a recovery (guide 004, "Post-Deployment").')
      .prefault([
        { name: 'immediate checks', from: '0s', until: '15m', every: '1m' },
        { name: 'short-term monitoring', from: '1h', until: '4h', every: '10m' },
        { name: 'long-term validation', from: '24h', until: '48h', every: '1h' },
      ]),
  })
  .prefault({});

interface Fault {
  readonly path: readonly [index: number, key: string];
  readonly message: string;
}

function windowFaults(windows: readonly z.output<typeof Window>[]): readonly Fault[] {
  return windows.flatMap((window, index): Fault[] => {
    const before = windows[index - 1];
    const faults: Fault[] = [];
    if (window.until <= window.from) {
      const from = formatDuration(window.from);
      faults.push({ path: [index, 'until'], message: `later than \`from\` (${from})` });
    } else if (window.every > window.until - window.from) {
      const length = formatDuration(window.until - window.from);
      faults.push({ path: [index, 'every'], message: `at most the window's length (${length})` });
    }
    if (before && window.from < before.until) {
      const message = `${formatDuration(before.until)} or later, when the window "${before.name}" ends; windows follow each other`;
      faults.push({ path: [index, 'from'], message });
    }
    if (windows.findIndex((other) => other.name === window.name) < index) {
      faults.push({ path: [index, 'name'], message: 'a name that no other window here has' });
    }
    return faults;
  });
}

const Count = z.int().min(1).max(10);

const BySeverity = z
  .strictObject({
    sev1: z.strictObject({ count: Count }).exactOptional(),
    sev2: z.strictObject({ count: Count }).exactOptional(),
    sev3: z.strictObject({ count: Count }).exactOptional(),
    sev4: z.strictObject({ count: Count }).exactOptional(),
  } satisfies Record<(typeof SEVERITIES)[number], z.ZodType>)
  .describe('Another number of approvals while the incident has that severity.');

export const Approval = z
  .strictObject({
    count: Count.describe('How many people must approve.').default(1),
    from: Principals.describe('Who may approve: people (U…) or user groups (S…).'),
    requesterMayApprove: z
      .boolean()
      .describe('Whether the person who asked may be one of the approvers.')
      .default(false),
    authors: z
      .record(Person, z.string().min(1).max(100))
      .describe(
        'People and their GitHub logins. Who wrote a change that a plan takes back is no approver of it.',
      )
      .exactOptional(),
    validFor: duration('1m', '1d').describe('How long an approval counts.').prefault('15m'),
    breakGlass: z
      .array(Principal)
      .describe('Who may go ahead alone with a written reason; announced loudly.')
      .default([]),
    codes: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .max(80)
            .describe(
              'Whose code it is; best their login on the machine, so that whoever runs the command there does not approve it as well.',
            ),
          slack: Person.describe(
            'Who that is in Slack: whoever asked or approved there does not count again by the code.',
          ).exactOptional(),
          hash: z.string().regex(/^[0-9a-f]{32}:[0-9a-f]{64}$/, {
            error: 'what `backstop approval-code <name>` prints',
          }),
        }),
      )
      .describe(
        'Who may approve at the terminal while Slack is down; made by `backstop approval-code`.',
      )
      .exactOptional(),
    bySeverity: BySeverity.exactOptional(),
  })
  .superRefine((policy, context) => {
    if (policy.from.some((principal) => principal.startsWith('S'))) return;
    const people = new Set(policy.from).size;
    const counts = [
      { path: ['count'], count: policy.count },
      ...SEVERITIES.map((severity) => ({
        path: ['bySeverity', severity, 'count'],
        count: policy.bySeverity?.[severity]?.count ?? 0,
      })),
    ];
    for (const { path, count } of counts) {
      if (count <= people) continue;
      const message = `at most ${people}, the number of people in its from: list`;
      context.addIssue({ code: 'custom', path, message });
    }
  });
