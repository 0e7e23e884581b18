/** What a run put back, as far as it came. */

import { capital, listWords, sentence } from '../timeline/wording.ts';
import type { PlanRecord } from './plans.ts';
import type { RunRecord } from './runs.ts';

/** Components that went from one version to another together. */
export interface PutBack {
  readonly titles: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** The components whose every step the run has done, those of the same versions together. */
export function putBackBy(run: RunRecord, plans: readonly PlanRecord[]): readonly PutBack[] {
  const plan = plans.find(({ id }) => id === run.plan);
  const isDone = (id: string): boolean =>
    run.steps.find((step) => step.id === id)?.status === 'succeeded';
  const found: PutBack[] = [];
  for (const { title, from, to } of plan?.components ?? []) {
    const steps = plan?.steps.filter(({ component }) => component === title) ?? [];
    if (steps.length === 0 || !steps.every(({ id }) => isDone(id))) continue;
    const same = found.findIndex((each) => each.from === from && each.to === to);
    const before = found[same];
    if (before) found[same] = { ...before, titles: [...before.titles, title] };
    else found.push({ titles: [title], from, to });
  }
  return found;
}

/** Their titles in a sentence that goes on; one that is explained behind a comma ends with one. */
export function titlesWords(titles: readonly string[]): string {
  const words = listWords(titles);
  return titles.at(-1)?.includes(',') ? `${words},` : words;
}

/** What a plan said would be lost. */
export function lossWords(plan: string, losses: readonly string[]): string {
  const [first = '', ...rest] = losses.map(sentence);
  return [`Plan ${plan} foresaw a loss: ${first}`, ...rest.map(capital)].join(' ');
}
