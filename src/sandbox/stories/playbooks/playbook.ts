/** A playbook as its readers have it: the file, and not what the bot makes of it. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { packagePath } from '../../../package-path.ts';

const Part = z.object({ id: z.string() });

const Step = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string().default(''),
  options: z.array(Part.extend({ label: z.string() })).default([]),
  items: z.array(Part).default([]),
  minutes: z.number().default(0),
  template: z.string().default(''),
  on: z.string().default(''),
  to: z.record(z.string(), z.string()).default({}),
  next: z.string().optional(),
});
export type Step = z.infer<typeof Step>;

const Playbook = z.object({
  name: z.string(),
  title: z.string(),
  about: z.string(),
  steps: z.array(Step),
});
export type Playbook = z.infer<typeof Playbook>;

/** @throws Error when there is no such file, or nothing of a playbook in it. */
export function readPlaybook(name: string): Playbook {
  const file = packagePath(`playbooks/${name}.yaml`);
  return Playbook.parse(parse(readFileSync(file, 'utf8')));
}

/** The steps that people come through, where they answer so. */
export function wayThrough(
  { steps }: Playbook,
  choices: Readonly<Record<string, string>>,
): readonly Step[] {
  const way: Step[] = [];
  let step = steps[0];
  while (step) {
    const after = step.next ?? steps[steps.indexOf(step) + 1]?.id;
    const named = step.kind === 'branch' ? step.to[choices[step.on] ?? ''] : undefined;
    if (step.kind !== 'branch') way.push(step);
    const next: string | undefined = named ?? after;
    step = steps.find(({ id }) => id === next);
  }
  return way;
}
