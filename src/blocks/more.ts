/** Everything that can be typed after `/incident`, as buttons and forms, for whoever has no word for it at 3 a.m. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Role } from '../events.ts';
import { type Incident, isOpen } from '../incident.ts';
import { statusTerm } from '../vocabulary.ts';
import { ACTION, VIEW } from './actions.ts';
import { actions, blocksOf, button, option, plain, section } from './elements.ts';
import { modal, reason, select, text, tick } from './inputs.ts';
import { metadataOf } from './metadata.ts';
import { ours } from './mrkdwn.ts';
import { nameOf, roleName } from './words.ts';

/** What the menu offers; each opens a form in its place, or is done at once. */
export type MoreChoice =
  | 'update'
  | 'statuspage'
  | 'note'
  | 'task'
  | 'tasks'
  | 'playbook'
  | 'role'
  | 'handover'
  | 'contacts'
  | 'subscribe'
  | 'status'
  | 'severity'
  | 'merge'
  | 'close';

interface Offer {
  readonly choice: MoreChoice;
  readonly label: string;
}

/** What else is known of the incident's surroundings. */
export interface Around {
  readonly hasPlaces: boolean;
  /** Other open incidents that the person may see. */
  readonly others: readonly Incident[];
}

const TEXT_LIMIT = 3000;
const TASK_LIMIT = 300;
const ROLES: readonly Role[] = ['commander', 'communications-lead', 'operations-lead', 'scribe'];

/** The menu: only what can be done now. */
export function moreModal(incident: Incident, around: Around): ModalView {
  const open = isOpen(incident);
  const groups: readonly (readonly [string, readonly (Offer | undefined)[]])[] = [
    [
      'Tell people',
      [
        open ? { choice: 'update', label: 'Status update…' } : undefined,
        open && around.hasPlaces && !incident.private && !incident.drill
          ? { choice: 'statuspage', label: 'Status page…' }
          : undefined,
        open ? { choice: 'note', label: 'Note for the timeline…' } : undefined,
      ],
    ],
    [
      'Get things done',
      [
        incident.status === 'closed'
          ? undefined
          : { choice: 'task', label: open ? 'Add a task…' : 'Add a follow-up…' },
        incident.tasks.length > 0 ? { choice: 'tasks', label: 'Show the tasks' } : undefined,
        open ? { choice: 'playbook', label: 'Playbook…' } : undefined,
      ],
    ],
    [
      'People',
      [
        open ? { choice: 'role', label: 'Give a role…' } : undefined,
        open ? { choice: 'handover', label: 'Hand over…' } : undefined,
        open ? { choice: 'contacts', label: 'Call the contacts' } : undefined,
        incident.private ? undefined : { choice: 'subscribe', label: 'Keep me posted' },
      ],
    ],
    [
      'The incident',
      [
        open ? { choice: 'status', label: 'Change the status…' } : undefined,
        open ? { choice: 'severity', label: 'Change the severity…' } : undefined,
        open && around.others.length > 0
          ? { choice: 'merge', label: 'Merge a duplicate…' }
          : undefined,
        incident.status === 'resolved' ? { choice: 'close', label: 'Close…' } : undefined,
      ],
    ],
  ];
  const blocks = groups.flatMap(([heading, offers]): readonly KnownBlock[] => {
    const there = offers.filter((offer) => offer !== undefined);
    if (there.length === 0) return [];
    const buttons = there.map(({ choice, label }) =>
      button(ACTION.more, label, [incident.id, choice], { choice }),
    );
    return blocksOf(section(`*${heading}*`), actions(...buttons));
  });
  return {
    type: 'modal',
    callback_id: 'more',
    title: plain('More', 24),
    close: plain('Never mind', 24),
    blocks: [section(nameOf(incident)), ...blocks],
  };
}

/** What came of a choice that needs no form, or why nothing did. */
export function saidModal(words: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'said',
    title: plain('More', 24),
    close: plain('Close', 24),
    blocks: [section(ours(words, TEXT_LIMIT))],
  };
}

/** An answer where there is no channel for it. */
export function answerModal({ text: words, blocks }: AnswerWords): ModalView {
  return {
    type: 'modal',
    callback_id: 'said',
    title: plain('Backstop', 24),
    close: plain('Close', 24),
    blocks: blocks === undefined || blocks.length === 0 ? [section(words)] : [...blocks],
  };
}

interface AnswerWords {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

export function noteModal(incident: Incident): ModalView {
  return modal(VIEW.note, 'Note for the timeline', 'Add', sent(incident), [
    text('text', 'What happened?', { max: TEXT_LIMIT, multiline: true }),
    moment('at', 'When was it?', 'Now, unless you choose a time in the past.'),
  ]);
}

export function taskModal(incident: Incident): ModalView {
  const open = isOpen(incident);
  return modal(VIEW.task, open ? 'Add a task' : 'Add a follow-up', 'Add', sent(incident), [
    text('text', 'What is to be done?', { max: TASK_LIMIT }),
    person('user', 'Who does it?', true),
    moment('due', 'By when?'),
    ...(open
      ? [tick('kind', 'When?', option('Afterwards: it is a follow-up', 'follow-up'), false)]
      : []),
  ]);
}

export function roleModal(incident: Incident): ModalView {
  return modal(VIEW.role, 'Give a role', 'Give it', sent(incident), [
    select(
      'role',
      'Role',
      ROLES.map((role) => option(roleName(role), role)),
      ROLES.find((role) => incident.roles[role] === undefined),
    ),
    person('user', 'Who?', true, 'You, unless you choose somebody.'),
    { ...reason('Why?', 'It goes into the timeline.'), optional: true },
  ]);
}

export function handoverModal(incident: Incident): ModalView {
  return modal(
    VIEW.handover,
    'Hand over',
    'Hand over',
    sent(incident),
    [
      person(
        'user',
        'Who takes command?',
        true,
        'Left empty, the state is summed up and you stay.',
      ),
    ],
    section(
      'The channel gets the state of things: who does what, what is open, what is waited for.',
    ),
  );
}

export function statusModal(incident: Incident): ModalView {
  const offered = (['investigating', 'identified', 'monitoring'] as const).filter(
    (status) => status !== incident.status,
  );
  return modal(VIEW.status, 'Change the status', 'Change', sent(incident), [
    select(
      'status',
      'Status',
      offered.map((status) => option(statusTerm(status).label, status, statusTerm(status).meaning)),
      undefined,
    ),
    reason('Why?'),
  ]);
}

export function mergeModal(incident: Incident, others: readonly Incident[]): ModalView {
  return modal(
    VIEW.merge,
    'Merge a duplicate',
    'Merge',
    sent(incident),
    [
      select(
        'duplicate',
        'Duplicate',
        others.map(({ id, title }) => option(`${id} ${title}`, id)),
        undefined,
      ),
    ],
    section(`It is closed, and ${nameOf(incident)} goes on.`),
  );
}

function sent({ id }: Incident): string {
  return metadataOf({ incident: id });
}

function person(field: string, label: string, optional: boolean, hint?: string): InputBlock {
  return {
    type: 'input',
    block_id: field,
    optional,
    label: plain(label, 2000),
    ...(hint ? { hint: plain(hint, 2000) } : {}),
    element: { type: 'users_select', action_id: field },
  };
}

/** A time that may be left out; Slack asks for it in the person's own zone. */
function moment(field: string, label: string, hint?: string): InputBlock {
  return {
    type: 'input',
    block_id: field,
    optional: true,
    label: plain(label, 2000),
    ...(hint ? { hint: plain(hint, 2000) } : {}),
    element: { type: 'datetimepicker', action_id: field },
  };
}
