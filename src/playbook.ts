/**
 * A playbook: a response procedure as data, one YAML file each. Its steps follow one another; a branch goes on by an
 * answer. No step leads back, so every playbook comes to an end.
 */

import { z } from 'zod';
import { RESPONSES } from './assessment.ts';

/** What a step of kind `operation` has Backstop do. */
export const OPERATIONS = [
  'plan-rollback',
  'plan-restore',
  'plan-full-rollback',
  'call-contacts',
  'start-quick-fix',
  'mitigate',
  'plan-mitigation',
] as const;
export type PlaybookOperation = (typeof OPERATIONS)[number];

/** Where a step leads that is the last one on its way. */
export const END = 'end';

const Slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
  error: 'an id of lower-case letters, digits and hyphens between them, such as stop-writes',
});
const Id = Slug.max(40);
const Target = Id.describe(`The id of a later step, or ${END}.`);
const Minutes = z.int().min(1).max(2880).describe('Minutes; two days at most.');

const common = {
  id: Id,
  title: z.string().min(1).max(80).describe('What is to be done, in a few words.'),
  text: z.string().min(1).max(1200).describe('What to know for it.').exactOptional(),
  source: z
    .string()
    .min(1)
    .max(150)
    .describe('Where it comes from, where that is not the source of the playbook.')
    .exactOptional(),
  next: Target.describe(
    'The step that follows; the next one in the file when absent.',
  ).exactOptional(),
};

const Question = z.strictObject({
  ...common,
  kind: z.literal('question').describe('One answer of several, by a button.'),
  options: z
    .array(z.strictObject({ id: Id, label: z.string().min(1).max(60) }))
    .min(2)
    .max(8),
  decides: z
    .literal('response')
    .describe(
      'Its answer is the response to the incident: one that is decided already answers it, and an answer decides.',
    )
    .exactOptional(),
});

const Assessment = z.strictObject({
  ...common,
  kind: z
    .literal('assessment')
    .describe('The questions on the card; over once they have led to a severity and a response.'),
});

const Checklist = z.strictObject({
  ...common,
  kind: z.literal('checklist').describe('Items that people tick; who and when is kept.'),
  items: z
    .array(
      z.strictObject({
        id: Id,
        text: z.string().min(1).max(150),
        mitigation: Id.describe(
          'Ticked by itself once a run has done this mitigation, such as scale; `flag` stands for any feature flag.',
        ).exactOptional(),
      }),
    )
    .min(1)
    .max(10),
});

const Operation = z.strictObject({
  ...common,
  kind: z.literal('operation').describe('A button that has Backstop do something.'),
  operation: z.enum(OPERATIONS),
  mitigation: Id.describe(
    'Of plan-mitigation: what is chosen from the start where it is offered, such as scale.',
  ).exactOptional(),
});

const Approval = z.strictObject({
  ...common,
  kind: z.literal('approval').describe('Waits until the plan is approved and its run begins.'),
});

const Verification = z.strictObject({
  ...common,
  kind: z
    .literal('verification')
    .describe('Waits until every probe passes several times in a row.'),
});

const Monitor = z.strictObject({
  ...common,
  kind: z.literal('monitor').describe('Reads the probes for so long; passes when it ends well.'),
  minutes: Minutes,
});

const Announcement = z.strictObject({
  ...common,
  kind: z.literal('announcement').describe('A status update to write from a template.'),
  audience: z.enum(['team', 'stakeholders', 'users']),
  template: z.string().min(1).max(1500),
});

const Timer = z.strictObject({
  ...common,
  kind: z.literal('timer').describe('Waits for so long, or until people go on.'),
  minutes: Minutes,
});

const Branch = z.strictObject({
  id: Id,
  kind: z
    .literal('branch')
    .describe('Goes on by the answer to an earlier question; people see nothing of it.'),
  on: Id.describe('The id of the question.'),
  to: z
    .record(Id, Target)
    .describe('By the id of the answer; any other answer goes on with the next step in the file.'),
});

export const Step = z.discriminatedUnion('kind', [
  Question,
  Assessment,
  Checklist,
  Operation,
  Approval,
  Verification,
  Monitor,
  Announcement,
  Timer,
  Branch,
]);
export type Step = Readonly<z.infer<typeof Step>>;

/** A step that people see. */
export type VisibleStep = Exclude<Step, { readonly kind: 'branch' }>;
export type StepOf<Kind extends Step['kind']> = Extract<Step, { readonly kind: Kind }>;

export const Playbook = z
  .strictObject({
    name: Id.describe('The name of its file without `.yaml`; what people type.'),
    title: z.string().min(1).max(80),
    about: z.string().min(1).max(200).describe('When to take it, in one line.'),
    source: z.string().min(1).max(150).describe('The guide and section that it follows.'),
    private: z
      .boolean()
      .describe('True when it may only be worked through in a private incident.')
      .exactOptional(),
    steps: z.array(Step).min(1).max(40),
  })
  .superRefine(({ steps }, context) => {
    for (const { path, message } of faultsOf(steps)) {
      context.addIssue({ code: 'custom', path: ['steps', ...path], message });
    }
  });
export type Playbook = Readonly<z.infer<typeof Playbook>>;

/** The JSON Schema of a playbook, for editors. No rule between several steps is in it. */
export function playbookJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(Playbook, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'A playbook of Backstop', ...schema };
}

/** Where a step leads when it is done; undefined at the end. */
export function following(steps: readonly Step[], step: Step): string | undefined {
  const named = 'next' in step ? step.next : undefined;
  if (named === END) return undefined;
  return named ?? steps[steps.indexOf(step) + 1]?.id;
}

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function faultsOf(steps: readonly Step[]): readonly Fault[] {
  const indexOf = (id: string): number => steps.findIndex((step) => step.id === id);
  return steps.flatMap((step, index): Fault[] => {
    const faults: Fault[] = [];
    const fault = (path: readonly (string | number)[], message: string): void => {
      faults.push({ path: [index, ...path], message });
    };
    const target = (path: readonly (string | number)[], id: string): void => {
      if (id === END || indexOf(id) > index) return;
      fault(path, `the id of a later step, or ${END}; “${id}” is none`);
    };
    if (step.id === END || indexOf(step.id) < index) fault(['id'], 'an id that no other step has');
    if (step.kind === 'branch') {
      const asked = steps[indexOf(step.on)];
      if (asked?.kind !== 'question' || indexOf(step.on) > index) {
        fault(['on'], 'the id of an earlier question');
      }
      for (const [answer, id] of Object.entries(step.to)) {
        if (asked?.kind === 'question' && !asked.options.some((option) => option.id === answer)) {
          fault(['to', answer], `the id of an answer to “${asked.title}”`);
        }
        target(['to', answer], id);
      }
      return faults;
    }
    if (step.next !== undefined) target(['next'], step.next);
    if (step.kind === 'question' && step.decides === 'response') {
      for (const [place, { id }] of step.options.entries()) {
        if (RESPONSES.some((response) => response === id)) continue;
        fault(['options', place, 'id'], `one of ${RESPONSES.join(', ')}`);
      }
    }
    const parts =
      step.kind === 'question' ? step.options : step.kind === 'checklist' ? step.items : [];
    if (new Set(parts.map(({ id }) => id)).size < parts.length) {
      fault([step.kind === 'question' ? 'options' : 'items'], 'ids that differ');
    }
    return faults;
  });
}
