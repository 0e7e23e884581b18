/** What people outside are told: each notice with what became of it, and the form in which it is approved. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { NoticeState } from '../component.ts';
import type { Incident } from '../incident.ts';
import { liveNotice, type Publication, type StatusPageNotice } from '../status-page.ts';
import type { NoticeDraft } from '../status-page-draft.ts';
import { ACTION, VIEW } from './actions.ts';
import { actions, blocksOf, button, context, option, section } from './elements.ts';
import { modal, select, text } from './inputs.ts';
import type { Dated } from './message.ts';
import { metadataOf } from './metadata.ts';
import { at, line, link, listed, mention, prose, quote, who } from './mrkdwn.ts';

/** The limits that the flow holds a notice to. */
const TITLE_LIMIT = 150;
const TEXT_LIMIT = 2000;

const STATE_NAMES: Readonly<Record<NoticeState, string>> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
};

/** One message for each notice, and one for each place where a person is needed. */
export function statusPageMessages(incident: Incident): readonly Dated[] {
  return incident.statusPage.flatMap((notice): readonly Dated[] => [
    { since: notice.at, message: told(notice) },
    ...notice.publications.flatMap((publication) => failure(incident, notice, publication)),
  ]);
}

function told(notice: StatusPageNotice): Dated['message'] {
  const { number, title, text: words, state, by, at: since, publications } = notice;
  const heading = `Status page: ${STATE_NAMES[state]}`;
  return {
    key: `status-page/${number}`,
    where: 'incident',
    text: `${heading}. ${line(title)}: ${line(words, 2500)}`,
    blocks: [
      section(`*${heading}*`, `*${line(title)}*`, quote(words, 2500)),
      context(`Approved by ${who(by)}, ${at(since)}. ${publications.map(outcome).join(' ')}`),
    ],
  };
}

function outcome({ place, state, publishedAt, address, byHand }: Publication): string {
  const name = address === undefined ? line(place, 60) : link(address, place);
  if (state === 'failed') return `${name}: not published.`;
  if (publishedAt === undefined) return `${name}: being published.`;
  if (byHand) return `${name}: done by hand, says ${who(byHand)}, ${at(publishedAt)}.`;
  return `${name}: published ${at(publishedAt)}.`;
}

/** Calls whoever approved it; edited once it is settled. */
function failure(
  { id }: Incident,
  notice: StatusPageNotice,
  publication: Publication,
): readonly Dated[] {
  const { place, failed, failedAt } = publication;
  if (failedAt === undefined) return [];
  const what = `*The notice was not published at ${line(place, 60)}.*`;
  const ids = [id, String(notice.number), place];
  const called = notice.by.kind === 'person' ? `${mention(notice.by.id)} ` : '';
  const words = failed
    ? `${called}${what} ${line(failed.reason, 600)}`
    : `${what} ${publication.state === 'published' ? 'It is settled.' : 'It is tried again.'}`;
  const message = {
    key: `status-page-failed/${notice.number}/${place}`,
    where: 'incident' as const,
    text: words.replaceAll('*', ''),
    blocks: blocksOf(
      section(words, failed && prose(failed.manual, 1500)),
      failed
        ? actions(
            button(ACTION.publishAgain, 'Try again', ids, { style: 'primary' }),
            button(ACTION.publishedByHand, 'Done by hand', ids),
          )
        : undefined,
    ),
  };
  return [{ since: failedAt, message }];
}

/** `Status page: Investigating, since 14:02`; undefined while people outside know nothing. */
export function statusPageLine({ statusPage }: Incident): string | undefined {
  const last = statusPage.at(-1);
  if (!last) return undefined;
  const said = `Status page: ${STATE_NAMES[last.state]}, ${at(last.at)}`;
  const open = last.publications.filter(({ state }) => state !== 'published');
  if (open.length === 0) return `${said}.`;
  const failing = open.some(({ state }) => state === 'failed');
  return `${said}; ${failing ? 'could not be published' : 'being published'}.`;
}

/** The form in which the draft is read, changed and approved. */
export function noticeModal(
  incident: Incident,
  draft: NoticeDraft,
  places: readonly string[],
): ModalView {
  const live = liveNotice(incident.statusPage);
  const states: readonly NoticeState[] = live
    ? ['investigating', 'identified', 'monitoring', 'resolved']
    : ['investigating', 'identified', 'monitoring'];
  const title = text('title', 'Headline', { max: TITLE_LIMIT, value: draft.title });
  return modal(
    VIEW.notice,
    'Status page',
    'Publish',
    metadataOf({ incident: incident.id }),
    [
      ...(live ? [] : [title]),
      select(
        'state',
        'Where do things stand?',
        states.map((state) => option(STATE_NAMES[state], state)),
        draft.state,
      ),
      text('text', 'What should people know?', {
        max: TEXT_LIMIT,
        multiline: true,
        value: draft.text,
        hint: 'Plain words: what does not work, for whom, what they can do meanwhile. No names of systems or people.',
      }),
    ],
    before(live, places),
  );
}

function before(live: StatusPageNotice | undefined, places: readonly string[]): KnownBlock {
  const where = `*Publish* puts it on ${line(listed(places), 300)} right away, where people outside read it.`;
  return section(live ? `*${line(live.title)}*` : undefined, where);
}

/** In the form that resolves: what people outside are told with it; nothing where they know of nothing. */
export function lastNoticeInput(incident: Incident, usual: string): readonly InputBlock[] {
  if (!liveNotice(incident.statusPage)) return [];
  return [
    text('notice', 'What does the status page say?', {
      max: TEXT_LIMIT,
      multiline: true,
      optional: true,
      value: usual,
      hint: 'Published as Resolved. Left empty, the page stays as it is.',
    }),
  ];
}
