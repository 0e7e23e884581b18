/** The playbooks that people went through: each step, and who ticked what. */

import type { Incident } from '../incident.ts';
import type { VisibleStep } from '../playbook.ts';
import {
  currentStep,
  type DoneHow,
  type EndedHow,
  type PlaybookProgress,
  passedSteps,
} from '../playbook-progress.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';

interface Said {
  readonly by: string;
  readonly at: Moment;
}

export interface PlaybookRecord {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly started: Said;
  /** Missing while it is at work. */
  readonly ended?: Said & { readonly how: EndedHow };
  /** Those that people came to, in their order. */
  readonly steps: readonly PlaybookStepRecord[];
}

export interface PlaybookStepRecord {
  readonly id: string;
  readonly kind: VisibleStep['kind'];
  readonly title: string;
  readonly source?: string;
  /** Missing for the step that people are at, and the one they stopped at. */
  readonly done?: Said & { readonly how: DoneHow; readonly note?: string };
  /** Of a question. */
  readonly answer?: string;
  /** Of a checklist. */
  readonly items?: readonly { readonly text: string; readonly ticked?: Said }[];
}

/** Every playbook that was started, in that order. */
export function playbooksOf(incident: Incident, words: PlainWords): readonly PlaybookRecord[] {
  const said = ({ by, at }: Pick<PlaybookProgress, 'by' | 'at'>): Said => ({
    by: words.who(by),
    at: momentOf(at),
  });
  return incident.playbooks.map((progress) => {
    const { playbook, ended } = progress;
    const left = ended ? playbook.steps.find(({ id }) => id === progress.current?.step) : undefined;
    const at = currentStep(progress) ?? (left?.kind === 'branch' ? undefined : left);
    const steps = [...passedSteps(progress), ...(at ? [at] : [])];
    return {
      name: playbook.name,
      title: words.text(playbook.title),
      source: words.text(playbook.source),
      started: said(progress),
      ...(ended ? { ended: { ...said(ended), how: ended.how } } : {}),
      steps: steps.map((step) => stepRecord(progress, step, words)),
    };
  });

  function stepRecord(
    { answers, done, ticks }: PlaybookProgress,
    step: VisibleStep,
    plain: PlainWords,
  ): PlaybookStepRecord {
    const { id, kind, source } = step;
    const text = (raw: string): string => plain.text(raw);
    const answered = answers[id];
    const finished = done[id] ?? (answered && { ...answered, how: 'done' as const });
    const note = finished && 'note' in finished ? finished.note : undefined;
    const option =
      kind === 'question' ? step.options.find((each) => each.id === answered?.answer) : undefined;
    return {
      id,
      kind,
      title: text(step.title),
      ...(source === undefined ? {} : { source: text(source) }),
      ...(finished
        ? {
            done: {
              ...said(finished),
              how: finished.how,
              ...(note === undefined ? {} : { note: text(note) }),
            },
          }
        : {}),
      ...(option ? { answer: text(option.label) } : {}),
      ...(kind === 'checklist'
        ? {
            items: step.items.map((item) => {
              const tick = ticks[id]?.[item.id];
              const run = tick?.run === undefined ? {} : { by: `run ${tick.run}` };
              return {
                text: text(item.text),
                ...(tick ? { ticked: { ...said(tick), ...run } } : {}),
              };
            }),
          }
        : {}),
    };
  }
}
