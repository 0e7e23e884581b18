/** How far people have come in the playbooks of an incident: the fold of its playbook events. */

import type { Actor } from './events.ts';
import { following, type Playbook, type Step, type VisibleStep } from './playbook.ts';

/** `met`: what the step waits for came true. `left`: people went on without the rest of it. */
export type DoneHow = 'done' | 'met' | 'left';
export type EndedHow = 'finished' | 'replaced' | 'stopped';

export interface PlaybookEvents {
  /** The whole playbook, so that a newer file changes nothing under people's hands. */
  'playbook.started': { readonly playbook: Playbook; readonly because?: string };
  'playbook.answered': { readonly number: number; readonly step: string; readonly answer: string };
  /** `run`: the run that did it, where nobody had to tick it. */
  'playbook.ticked': {
    readonly number: number;
    readonly step: string;
    readonly item: string;
    readonly run?: string;
  };
  'playbook.step-done': {
    readonly number: number;
    readonly step: string;
    readonly how: DoneHow;
    /** What was seen, in words that follow a colon. */
    readonly note?: string;
  };
  'playbook.ended': { readonly number: number; readonly how: EndedHow };
}

export type PlaybookEvent = {
  [K in keyof PlaybookEvents]: { readonly type: K; readonly data: PlaybookEvents[K] };
}[keyof PlaybookEvents];

interface Said {
  readonly by: Actor;
  readonly at: number;
}

export interface Tick extends Said {
  /** The run that did it. */
  readonly run?: string;
}

export interface PlaybookProgress extends Said {
  /** 1 for the incident's first playbook. */
  readonly number: number;
  readonly playbook: Playbook;
  readonly because?: string;
  /** By step. */
  readonly answers: Readonly<Record<string, Said & { readonly answer: string }>>;
  /** By step, then by item. */
  readonly ticks: Readonly<Record<string, Readonly<Record<string, Tick>>>>;
  readonly done: Readonly<Record<string, Said & { readonly how: DoneHow; readonly note?: string }>>;
  /** The step whose turn it is, and since when. */
  readonly current?: { readonly step: string; readonly since: number };
  readonly ended?: Said & { readonly how: EndedHow };
}

/**
 * The playbooks after one more event.
 * @throws Error when the event names a playbook that was never started.
 */
export function applyToPlaybooks(
  playbooks: readonly PlaybookProgress[],
  event: PlaybookEvent & { readonly actor: Actor; readonly at: number },
): readonly PlaybookProgress[] {
  const said = { by: event.actor, at: event.at };
  if (event.type === 'playbook.started') {
    const number = playbooks.length + 1;
    const begun = { ...event.data, ...said, number, answers: {}, ticks: {}, done: {} };
    return [...playbooks, arrived(begun, event.at)];
  }
  const before = playbooks.find(({ number }) => number === event.data.number);
  if (!before) throw new Error(`Playbook ${event.data.number} was never started`);
  const after = arrived(changed(before, event, said), event.at);
  return playbooks.map((each) => (each === before ? after : each));
}

/** The playbook that people are at, if any. */
export function activePlaybook(
  playbooks: readonly PlaybookProgress[],
): PlaybookProgress | undefined {
  return playbooks.findLast(({ ended }) => ended === undefined);
}

/** The step whose turn it is; undefined once the playbook has ended. */
export function currentStep({
  playbook,
  current,
  ended,
}: PlaybookProgress): VisibleStep | undefined {
  const step = playbook.steps.find(({ id }) => id === current?.step);
  return ended || step?.kind === 'branch' ? undefined : step;
}

/** The steps that people have come through, in their order. */
export function passedSteps(progress: PlaybookProgress): readonly VisibleStep[] {
  return walk(progress).passed;
}

function changed(
  progress: PlaybookProgress,
  event: Exclude<PlaybookEvent, { type: 'playbook.started' }>,
  said: Said,
): PlaybookProgress {
  switch (event.type) {
    case 'playbook.answered': {
      const { step, answer } = event.data;
      return { ...progress, answers: { ...progress.answers, [step]: { ...said, answer } } };
    }
    case 'playbook.ticked': {
      const { step, item, run } = event.data;
      const tick = run === undefined ? said : { ...said, run };
      const ticks = { ...progress.ticks[step], [item]: tick };
      return { ...progress, ticks: { ...progress.ticks, [step]: ticks } };
    }
    case 'playbook.step-done': {
      const { step, how, note } = event.data;
      const done = { ...said, how, ...(note === undefined ? {} : { note }) };
      return { ...progress, done: { ...progress.done, [step]: done } };
    }
    case 'playbook.ended':
      return { ...progress, ended: { ...said, how: event.data.how } };
  }
}

/** With the step whose turn it is now; its time counts from when people came to it. */
function arrived(progress: PlaybookProgress, at: number): PlaybookProgress {
  const step = walk(progress).current?.id;
  if (step === progress.current?.step) return progress;
  const { current: _before, ...rest } = progress;
  return step === undefined ? rest : { ...rest, current: { step, since: at } };
}

function walk({ playbook: { steps }, answers, done }: PlaybookProgress): {
  readonly passed: readonly VisibleStep[];
  readonly current?: VisibleStep;
} {
  const passed: VisibleStep[] = [];
  let step: Step | undefined = steps[0];
  while (step) {
    let next = following(steps, step);
    if (step.kind === 'branch') {
      const named = step.to[answers[step.on]?.answer ?? ''];
      next = named ?? next;
    } else {
      const isDone = step.kind === 'question' ? answers[step.id] : done[step.id];
      if (!isDone) return { passed, current: step };
      passed.push(step);
    }
    step = steps.find(({ id }) => id === next);
  }
  return { passed };
}
