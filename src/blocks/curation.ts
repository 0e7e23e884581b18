/** The modals that put a timeline right: the list of its entries, and what is to be done with one. */

import type { KnownBlock, ModalView, StaticSelect } from '@slack/types';
import type { Curation } from '../events.ts';
import { ACTION, actionIdOf, refOf, VIEW } from './actions.ts';
import { blocksOf, button, context, option, plain, section } from './elements.ts';
import { modal, reason, text } from './inputs.ts';
import { metadataOf } from './metadata.ts';
import { count, line } from './mrkdwn.ts';

export type CurationAct = Curation['do'];

/** What passes the filter of a list; `any` where a part of it filters nothing. */
export interface ListState {
  readonly kind: string;
  readonly person: string;
  readonly component: string;
  readonly page: number;
}

interface ListRow {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
  readonly isHidden: boolean;
}

export interface CurationList {
  readonly incident: string;
  readonly state: ListState;
  readonly rows: readonly ListRow[];
  readonly total: number;
  readonly perPage: number;
  readonly kinds: readonly string[];
  readonly people: readonly string[];
  readonly components: readonly string[];
}

const ROW_LIMIT = 280;
/** Slack's limit on the options of a select. */
const OPTIONS_LIMIT = 100;

/** The entries with a menu on each, filters above and pages below. It carries its state, for when it is shown again. */
export function curationList(list: CurationList): ModalView {
  const { incident, state, rows, total, perPage } = list;
  const pages = Math.max(1, Math.ceil(total / perPage));
  const turn = (label: string, page: number) =>
    button(ACTION.curateFilter, label, filterRef(incident, { ...state, page }), {
      choice: `page-${page}`,
    });
  return {
    type: 'modal',
    callback_id: 'curate',
    private_metadata: metadataOf({ incident, ref: stateRef(state) }),
    title: plain('The timeline', 24),
    close: plain('Done', 24),
    blocks: [
      ...blocksOf(
        context(
          'Times are UTC. Each change is recorded with your name and reason, and the entry itself stays in the journal.',
        ),
        { type: 'actions', elements: filters(list) },
        rows.length === 0
          ? section('No entry is like that.')
          : rows.map((row) => rowOf(row, incident)),
        context(`Page ${state.page + 1} of ${pages}, ${count(total, 'entry', 'entries')}.`),
        {
          type: 'actions',
          elements: [
            button(ACTION.curateEntry, 'Add an entry', [incident, 'add', '0'], { choice: 'add' }),
            ...(state.page > 0 ? [turn('Earlier', state.page - 1)] : []),
            ...(state.page + 1 < pages ? [turn('Later', state.page + 1)] : []),
          ],
        },
      ),
    ],
  };
}

/** The state of a list in the value of a control. */
export function stateRef({ kind, person, component, page }: ListState): string {
  return refOf(kind, person, component, String(page));
}

/** The state in such a value; the whole timeline where it is none. */
export function stateIn(words: readonly (string | undefined)[]): ListState {
  const [kind, person, component, page = '0'] = words;
  return {
    kind: partIn(kind),
    person: partIn(person),
    component: partIn(component),
    page: /^\d{1,6}$/.test(page) ? Number(page) : 0,
  };
}

/** A part of the filter as Backstop writes it: the name of a kind, or a number. */
function partIn(word: string | undefined): string {
  return word !== undefined && /^[a-z0-9-]{1,30}$/.test(word) ? word : 'any';
}

function filterRef(incident: string, state: ListState): readonly string[] {
  return [incident, ...stateRef(state).split(' ')];
}

function filters({ incident, state, kinds, people, components }: CurationList): StaticSelect[] {
  const choices = [
    ['kind', 'Every kind', [...kinds.map((kind) => [kind, kind]), ['Hidden', 'hidden']]],
    ['person', 'Everybody', people.map((name, index) => [name, String(index)])],
    ['component', 'Every component', components.map((title, index) => [title, String(index)])],
  ] as const;
  return choices
    .filter(([, , values]) => values.length > 0)
    .map(([part, every, values]): StaticSelect => {
      const offered = [[every, 'any'], ...values]
        .slice(0, OPTIONS_LIMIT)
        .map(([label = '', value = '']) => ({
          value,
          option: option(
            label,
            refOf(...filterRef(incident, { ...state, [part]: value, page: 0 })),
          ),
        }));
      const chosen = offered.find(({ value }) => value === state[part]);
      return {
        type: 'static_select',
        action_id: actionIdOf(ACTION.curateFilter, part),
        placeholder: plain(every, 150),
        options: offered.map((each) => each.option),
        ...(chosen ? { initial_option: chosen.option } : {}),
      };
    });
}

function rowOf({ seq, time, kind, who, what, isHidden }: ListRow, incident: string): KnownBlock {
  const acts: readonly (readonly [string, CurationAct])[] = isHidden
    ? [['Put back', 'show']]
    : [
        ['Hide', 'hide'],
        ['Remark', 'annotate'],
        ['Correct the time', 'correct'],
      ];
  return {
    ...section(`*${time}* ${kind} · *${line(who, 60)}* ${line(what, ROW_LIMIT)}`),
    accessory: {
      type: 'overflow',
      action_id: actionIdOf(ACTION.curateEntry, String(seq)),
      options: acts.map(([label, act]) => option(label, refOf(incident, act, String(seq)))),
    },
  };
}

/**
 * What asks for the words of one change. `metadata.ref` is the act, the entry, the list's view and its state.
 * @param entry what it says, and when it stands in the zone, as a person would type it.
 */
export function curationForm(
  act: CurationAct,
  incident: string,
  ref: string,
  entry: { readonly words: string; readonly when: string } | undefined,
  zone: string,
): ModalView {
  const when = text('time', act === 'add' ? 'When was it?' : 'When was it really?', {
    max: 40,
    placeholder: `14:05, or 2026-11-20 14:05, in ${zone}`,
    hint: `In ${zone}, such as 14:05 or 2026-11-20 14:05.`,
    ...(act === 'correct' ? { value: entry?.when } : {}),
  });
  const words = text('text', act === 'add' ? 'What happened?' : 'Your remark', {
    max: 2000,
    multiline: true,
  });
  const inputs = {
    hide: [reason('Why hide it?')],
    show: [reason('Why put it back?')],
    annotate: [words],
    correct: [when, reason('How do you know?')],
    add: [when, words],
  }[act];
  return modal(
    VIEW.curateEntry,
    TITLES[act],
    'Save',
    metadataOf({ incident, ref }),
    inputs,
    entry === undefined ? undefined : section(line(entry.words, ROW_LIMIT)),
  );
}

const TITLES: Readonly<Record<CurationAct, string>> = {
  hide: 'Hide an entry',
  show: 'Put an entry back',
  annotate: 'Remark on an entry',
  correct: 'Correct the time',
  add: 'Add an entry',
};
