/** What people, and the clock, decide in a playbook. */

import { assess } from '../assessment.ts';
import { Refusal } from '../errors.ts';
import type { Actor, Event } from '../events.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Context, Flow } from '../loop.ts';
import type { Playbook, VisibleStep } from '../playbook.ts';
import {
  activePlaybook,
  applyToPlaybooks,
  currentStep,
  type PlaybookEvent,
  type PlaybookProgress,
} from '../playbook-progress.ts';
import { doneByRuns } from '../playbook-relief.ts';
import { proposedPlaybook } from '../playbook-rules.ts';
import { playbookDueAt, type Wait, waitOf, watchOf } from '../playbook-waits.ts';
import { requireCommander, requireReason } from './guards.ts';
import { confirmResponse, overrideResponse } from './respond.ts';
import { watching } from './watch.ts';

/**
 * Starts a playbook in place of the one that people are at. The one that is proposed anybody may start; to choose another
 * is the commander's.
 */
export function startPlaybook(playbook: Playbook): Flow {
  return (incident, context): readonly Event[] => {
    const { actor } = context;
    requireNotClosed(incident);
    const active = activePlaybook(incident.playbooks);
    if (active?.playbook.name === playbook.name) {
      throw new Refusal(
        'already-done',
        `The playbook ${playbook.name} is running already; look for its message in the channel.`,
      );
    }
    const proposed = proposedPlaybook(incident);
    const isProposed = proposed?.name === playbook.name;
    if (!isProposed) requireCommander(incident, actor, 'choose another playbook');
    if (playbook.private && !incident.private) {
      throw new Refusal(
        'not-possible',
        `Everybody can read along here, and ${playbook.name} is for a private incident. Declare one with \`/incident private <title>\`, start it there, and keep the details out of this channel.`,
        'playbook',
      );
    }
    const because = isProposed ? { because: proposed.because } : {};
    const before = active ? [ended(active, 'replaced')] : [];
    const started: PlaybookEvent = { type: 'playbook.started', data: { playbook, ...because } };
    return onward(incident, context, incident.playbooks.length + 1, [...before, started]);
  };
}

/** Ends the playbook before its last step. */
export function stopPlaybook(number?: number): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireNotClosed(incident);
    const active = activePlaybook(incident.playbooks);
    if (!active || (number !== undefined && active.number !== number)) {
      throw new Refusal('already-done', 'That playbook has ended already; nothing was changed.');
    }
    requireCommander(incident, actor, 'stop the playbook');
    return [ended(active, 'stopped')];
  };
}

/** Answers the question whose turn it is. */
export function answerPlaybook(number: number, step: string, answer: string): Flow {
  return (incident, context): readonly Event[] => {
    const { current } = requireStep(incident, number, step);
    const option =
      current.kind === 'question' ? current.options.find(({ id }) => id === answer) : undefined;
    if (!option) {
      throw new Refusal(
        'invalid-input',
        'That is not an answer to this question. Choose one of its buttons.',
      );
    }
    const decision =
      current.kind === 'question' && current.decides === 'response'
        ? respond(incident, context, answer)
        : [];
    const answered: PlaybookEvent = { type: 'playbook.answered', data: { number, step, answer } };
    return [...decision, ...onward(incident, context, number, [answered])];
  };
}

/** Decides on the response that people chose in a playbook; nothing where it is decided so already. */
export function respond(incident: Incident, context: Context, response: string): readonly Event[] {
  if (incident.response?.is === response) return [];
  const isRecommended = assess(incident.answers).response?.result === response;
  const flow = isRecommended
    ? confirmResponse()
    : overrideResponse(response, 'The playbook led to it.');
  return flow(incident, context);
}

/** Ticks an item of the checklist whose turn it is; the last one ends the step. */
export function tickPlaybook(number: number, step: string, item: string): Flow {
  return (incident, context): readonly Event[] => {
    const { progress, current } = requireStep(incident, number, step);
    const items = current.kind === 'checklist' ? current.items : [];
    const found = items.find(({ id }) => id === item);
    if (!found) throw new Refusal('not-found', 'There is no such item. Use those on the list.');
    const ticks = progress.ticks[step] ?? {};
    const given = ticks[item];
    if (given) {
      const did = given.run === undefined ? `${nameOf(given.by)} ticked` : `Run ${given.run} did`;
      throw new Refusal('already-done', `${did} “${found.text}” already; nothing changed.`);
    }
    const ticked: PlaybookEvent = { type: 'playbook.ticked', data: { number, step, item } };
    const isLast = items.every(({ id }) => id === item || ticks[id]);
    return onward(
      incident,
      context,
      number,
      isLast ? [ticked, done(progress, step, 'done')] : [ticked],
    );
  };
}

/**
 * People go on: what the step asks for is done by hand, or is left.
 * @param note what was done, or why it is left; only items of a checklist may stay open without one.
 */
export function goOnInPlaybook(number: number, step: string, note = ''): Flow {
  return (incident, context): readonly Event[] => {
    const { progress, current } = requireStep(incident, number, step);
    if (current.kind === 'question') {
      throw new Refusal(
        'not-possible',
        'What comes next depends on the answer. Choose one of its buttons.',
      );
    }
    const said = note.trim() === '' ? undefined : requireReason(note, 'note');
    if (said === undefined && current.kind !== 'checklist' && current.kind !== 'timer') {
      throw new Refusal('invalid-input', 'Say what was done, or why it can be left.', 'note');
    }
    const event = done(progress, step, current.kind === 'checklist' ? 'left' : 'done', said);
    return onward(incident, context, number, [event]);
  };
}

/** Does what is due of a playbook by the clock or by what came true; nothing when nothing is. */
export function advancePlaybook(number: number): Flow {
  return (incident, context): readonly Event[] => {
    const progress = activePlaybook(incident.playbooks);
    if (!isOpen(incident) || progress?.number !== number) return [];
    if (doneByRuns(incident, progress).length > 0) return onward(incident, context, number, []);
    const due = playbookDueAt(incident, progress);
    const step = currentStep(progress);
    const wait = waitOf(incident, progress);
    if (due === undefined || context.now < due || !step || !wait) return [];
    if (wait.for === 'watch' && step.kind === 'monitor') {
      return [watching(incident, watchOf(step, context.now))];
    }
    const met =
      wait.for === 'nothing'
        ? metBy(progress, step, wait)
        : done(progress, step.id, 'met', 'the time is over');
    return onward(incident, context, number, [met]);
  };
}

/**
 * The events of the playbook with that number, and what they come to: items that runs have done, steps that are met
 * already, and its end.
 */
export function onward(
  incident: Incident,
  { actor, now }: Pick<Context, 'actor' | 'now'>,
  number: number,
  events: readonly PlaybookEvent[],
): readonly Event[] {
  const playbooks = events.reduce(
    (all, event) => applyToPlaybooks(all, { ...event, actor, at: now }),
    incident.playbooks,
  );
  const progress = playbooks.find((each) => each.number === number);
  if (!progress || progress.ended) return events;
  const step = currentStep(progress);
  if (!step) return [...events, ended(progress, 'finished')];
  const ticks = ticksOf({ ...incident, playbooks }, progress, step);
  if (ticks.length > 0) return onward(incident, { actor, now }, number, [...events, ...ticks]);
  const wait = waitOf({ ...incident, playbooks }, progress);
  if (wait?.for !== 'nothing') return events;
  // Nobody is asked for what is so already.
  return onward(incident, { actor, now }, number, [...events, metBy(progress, step, wait)]);
}

/** What runs have done of the checklist, and its end where that was all of it. */
function ticksOf(
  incident: Incident,
  progress: PlaybookProgress,
  step: VisibleStep,
): readonly PlaybookEvent[] {
  const { number } = progress;
  const found = doneByRuns(incident, progress);
  const ticks = found.map(
    ({ item, run }): PlaybookEvent => ({
      type: 'playbook.ticked',
      data: { number, step: step.id, item, run },
    }),
  );
  const items = step.kind === 'checklist' ? step.items : [];
  const isOpen = items.some(
    ({ id }) => !progress.ticks[step.id]?.[id] && !found.some(({ item }) => item === id),
  );
  return ticks.length === 0 || isOpen
    ? ticks
    : [...ticks, done(progress, step.id, 'met', 'runs have done all of it')];
}

function metBy(
  progress: PlaybookProgress,
  { id }: VisibleStep,
  { note, answer }: Extract<Wait, { readonly for: 'nothing' }>,
): PlaybookEvent {
  if (answer === undefined) return done(progress, id, 'met', note);
  return { type: 'playbook.answered', data: { number: progress.number, step: id, answer } };
}

/** That a step is done. */
export function done(
  { number }: PlaybookProgress,
  step: string,
  how: 'done' | 'met' | 'left',
  note?: string,
): PlaybookEvent {
  const words = note === undefined ? {} : { note };
  return { type: 'playbook.step-done', data: { number, step, how, ...words } };
}

function ended(
  { number }: PlaybookProgress,
  how: 'finished' | 'replaced' | 'stopped',
): PlaybookEvent {
  return { type: 'playbook.ended', data: { number, how } };
}

/** The playbook, and its step whose turn it is. @throws Refusal when that is another one. */
export function requireStep(
  incident: Incident,
  number: number,
  step: string,
): { readonly progress: PlaybookProgress; readonly current: VisibleStep } {
  requireNotClosed(incident);
  const progress = incident.playbooks.find((each) => each.number === number);
  if (!progress) {
    throw new Refusal(
      'not-found',
      `${incident.id} has no such playbook. \`/incident playbook\` shows which there are.`,
    );
  }
  const current = currentStep(progress);
  if (current?.id === step) return { progress, current };
  const words = progress.ended ? 'That playbook has ended' : 'That step is done';
  throw new Refusal('already-done', `${words} already; nothing was changed. Look at its message.`);
}

function requireNotClosed({ id, status }: Incident): void {
  if (status !== 'closed') return;
  throw new Refusal(
    'closed',
    `${id} is closed; nothing was changed. Keep what is left to do in your tracker.`,
  );
}

function nameOf(actor: Actor): string {
  if (actor.kind === 'person') return `<@${actor.id}>`;
  return actor.kind === 'operator' ? actor.name : 'Backstop';
}
