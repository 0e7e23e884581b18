/** What people outside are told: approved by a person, published once at each place, resolved with the incident. */

import type { NoticeState } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { Actor, Event } from '../events.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Flow } from '../loop.ts';
import type { Intent } from '../operation.ts';
import { placesOf, type Service } from '../service.ts';
import { liveNotice, type Publication } from '../status-page.ts';
import { draftNotice, impactOf } from '../status-page-draft.ts';
import { statusWord } from '../vocabulary.ts';
import { requireFilledIn } from './blanks.ts';

/** Statuspage takes longer ones; nobody reads them. */
export const NOTICE_TITLE_LIMIT = 150;
export const NOTICE_TEXT_LIMIT = 2000;

const STATES: readonly NoticeState[] = ['investigating', 'identified', 'monitoring', 'resolved'];

export interface NoticeWords {
  readonly title: string;
  readonly text: string;
  readonly state: string;
}

/** The communications lead or the commander approves what people outside are told; it is then published everywhere. */
export function approveNotice(words: NoticeWords, service: Service | undefined): Flow {
  return (incident, { actor }): readonly Event[] => {
    requirePublic(incident, service);
    requireCommunicator(incident, actor);
    const state = STATES.find((known) => known === words.state);
    if (!state) {
      throw new Refusal('invalid-input', `Choose one of these: ${STATES.join(', ')}.`, 'state');
    }
    const live = liveNotice(incident.statusPage);
    if (!isOpen(incident) && !(live && state === 'resolved')) {
      throw new Refusal(
        'closed',
        `${incident.id} is ${statusWord(incident.status)}, so people outside can only be told that it is over. If it is back, reopen it first.`,
        'state',
      );
    }
    if (!live && state === 'resolved') {
      throw new Refusal(
        'not-possible',
        'Nothing on the status page is open, so there is nothing to resolve; nothing was published.',
        'state',
      );
    }
    const title = live?.title ?? requireWords(words.title, 'title', NOTICE_TITLE_LIMIT);
    const text = requireWords(words.text, 'text', NOTICE_TEXT_LIMIT);
    return [approved(incident, service, { title, text, state })];
  };
}

/**
 * Resolves the incident, and tells people outside with it where they were told that it is there.
 * @param text what they are told; the usual words unless given, nothing where it is empty.
 */
export function withNoticeResolved(
  resolve: Flow,
  service: Service | undefined,
  text?: string,
): Flow {
  return (incident, context): readonly Event[] => {
    const events = resolve(incident, context);
    const live = liveNotice(incident.statusPage);
    if (!live || text?.trim() === '' || placesOf(service).length === 0) return events;
    const usual = (): string =>
      draftNotice({ ...incident, status: 'resolved' }, service?.name ?? incident.service, undefined)
        .text;
    const words = text === undefined ? usual() : requireWords(text, 'notice', NOTICE_TEXT_LIMIT);
    const notice = { title: live.title, text: words, state: 'resolved' } as const;
    return [...events, approved(incident, service, notice)];
  };
}

function approved(
  incident: Incident,
  service: Service | undefined,
  words: { readonly title: string; readonly text: string; readonly state: NoticeState },
): Event {
  const number = incident.statusPage.length + 1;
  const live = liveNotice(incident.statusPage);
  const places = placesOf(service);
  const first = live?.first ?? number;
  const data = { number, first, ...words, impact: impactOf(incident), places };
  return { type: 'status-page.approved', data };
}

/** Records what is about to be sent; nothing when it is no longer wanted. */
export function intendPublication(number: number, place: string, intent: Intent): Flow {
  return (incident): readonly Event[] =>
    isOpenAt(incident, number, place)
      ? [{ type: 'status-page.intended', data: { number, place, intent } }]
      : [];
}

export function recordPublished(number: number, place: string, address?: string): Flow {
  return (incident): readonly Event[] => {
    if (!isOpenAt(incident, number, place)) return [];
    const known = address === undefined ? {} : { address };
    return [{ type: 'status-page.published', data: { number, place, ...known } }];
  };
}

export function recordNotPublished(
  number: number,
  place: string,
  failure: { readonly reason: string; readonly manual: string },
): Flow {
  return (incident): readonly Event[] =>
    isOpenAt(incident, number, place)
      ? [{ type: 'status-page.failed', data: { number, place, ...failure } }]
      : [];
}

/** A person decides on what could not be published: send it once more, or take it as done by hand. */
export function settlePublication(number: number, place: string, how: 'again' | 'by-hand'): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireCommunicator(incident, actor);
    if (publicationAt(incident, number, place)?.state !== 'failed') {
      throw new Refusal('already-done', 'That is settled already; nothing was changed.');
    }
    return [{ type: 'status-page.settled', data: { number, place, how } }];
  };
}

function isOpenAt(incident: Incident, number: number, place: string): boolean {
  const publication = publicationAt(incident, number, place);
  return publication?.state === 'waiting' || publication?.state === 'sending';
}

function publicationAt(
  { statusPage }: Incident,
  number: number,
  place: string,
): Publication | undefined {
  const notice = statusPage.find((each) => each.number === number);
  return notice?.publications.find((each) => each.place === place);
}

/** @throws Refusal where people outside are not to be told of the incident by Backstop. */
export function requirePublic(incident: Incident, service: Service | undefined): void {
  const { id } = incident;
  const refuse = (words: string): never => {
    throw new Refusal('not-possible', words);
  };
  if (incident.private) {
    refuse(
      `${id} is private, so nothing about it is published. If people outside have to know, publish it on the page by hand.`,
    );
  }
  if (incident.drill) refuse(`${id} is a drill, so nothing about it is published.`);
  if (incident.release) refuse(`${id} is a release; the status page is for incidents.`);
  if (placesOf(service).length === 0) {
    refuse(
      `No status page is set up for ${incident.service}. Add one in backstop.yaml (services.${incident.service}.announce).`,
    );
  }
}

/** @throws Refusal unless the person speaks for the incident. */
export function requireCommunicator({ roles }: Incident, actor: Actor): void {
  if (actor.kind !== 'person') return;
  const speakers = [roles['communications-lead'], roles.commander].filter(
    (user) => user !== undefined,
  );
  if (speakers.includes(actor.id)) return;
  if (speakers.length === 0) {
    throw new Refusal(
      'forbidden',
      'Somebody has to be communications lead or incident commander to speak to people outside. Use `/incident role comms` or *Take command* first.',
    );
  }
  const names = speakers.map((user) => `<@${user}>`).join(' or ');
  throw new Refusal(
    'forbidden',
    `Only ${names} can speak to people outside. Ask them; nothing was published.`,
  );
}

function requireWords(words: string, field: string, limit: number): string {
  const text = words.trim();
  if (text === '') {
    throw new Refusal('invalid-input', 'Say it in a sentence; people outside read it.', field);
  }
  if (text.length > limit) {
    throw new Refusal('invalid-input', `Keep it under ${limit} characters.`, field);
  }
  requireFilledIn(text, field);
  return text;
}
