/** Incidents that take any legal turn, told in any words. */

import fc from 'fast-check';
import { QUESTIONS, RESPONSES, SEVERITIES } from '../../src/assessment.ts';
import type { Actor, Event, Status } from '../../src/events.ts';
import { activeRun, openProposal } from '../../src/incident.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  CLEO,
  reading,
  recover,
  type Story,
  severity,
  showPlan,
  verify,
  watch,
} from './an-incident.ts';

interface Turn {
  readonly by: Actor;
  readonly isFocused: boolean;
  readonly which: number;
  readonly pick: number;
  readonly text: string;
  readonly ms: number;
}

const NASTY: readonly string[] = [
  ['|', '\n', '\r\n', '`', '```', '<script>', '</td>', '[x](javascript:1)', '![i](u)', '# ', '---'],
  [
    '<!channel>',
    '<@U0ANA>',
    '<https://a.test|b>',
    '&lt;b&gt;',
    '&#60;',
    '\\',
    '*',
    '_',
    '- ',
    '1. ',
  ],
  ['> ', '~~', '$', 'www.a.test', 'https://a.test', '\u202e', '\u0000', 'word', ' '],
].flat();

/** Text that tries to break a document, among ordinary text. */
const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 12 }).map((parts) => parts.join('')),
);

const anyTurn: fc.Arbitrary<Turn> = fc.record({
  by: fc.oneof(
    fc.constantFrom<Actor>(ANA, BEN, CLEO, BACKSTOP),
    nastyText.map((name): Actor => ({ kind: 'operator', name })),
  ),
  isFocused: fc.boolean(),
  which: fc.nat(1000),
  pick: fc.nat(1000),
  text: nastyText,
  ms: fc.integer({ min: 0, max: 40 * 60_000 }),
});

export const anyStory: fc.Arbitrary<Story> = fc
  .record({
    title: nastyText,
    summary: nastyText,
    turns: fc.array(anyTurn, { maxLength: 40, size: 'max' }),
  })
  .map(({ title, summary, turns }) => {
    const story = aStory({ title, summary });
    for (const one of turns) take(story.wait(one.ms), one);
    return story;
  });

/** Takes a turn that is legal at this point; most have to do with what is under way. */
function take(story: Story, turn: Turn): void {
  const incident = story.incident();
  if (turn.isFocused && activeRun(incident)) return oneOf(RUN_TURNS, turn.which)(story, turn);
  if (turn.isFocused && openProposal(incident)) return oneOf(PLAN_TURNS, turn.which)(story, turn);
  oneOf(TURNS, turn.which)(story, turn);
}

type Move = (story: Story, turn: Turn) => void;

const RUN_TURNS: readonly Move[] = [
  step,
  step,
  (story, { pick }) => void verify(story, pick % 4, pick % 3),
  (story) => void recover(story),
];

const PLAN_TURNS: readonly Move[] = [
  (story) => void askApproval(story),
  (story, { by, pick, text }) => void approve(story, by, pick % 2 ? text || 'alone' : undefined),
  (story, { by, pick, text }) => void approve(story, by, pick % 2 ? text || 'alone' : undefined),
  close,
];

const TURNS: readonly Move[] = [
  tells(({ text }) => ({ type: 'channel.opened', data: { channel: 'C1', name: text } })),
  tells(({ text }) => ({ type: 'responders.invited', data: { users: ['U0BEN', text] } })),
  tells(({ text }) => ({ type: 'people.named', data: { names: { U0DEE: text } } })),
  tells(({ text }) => ({ type: 'note.added', data: { text } })),
  tells(({ text }) => ({ type: 'contacts.called', data: { contacts: [text] } })),
  tells(() => ({ type: 'role.claimed', data: { role: 'commander', user: 'U0BEN' } })),
  tells(({ pick }) => answer(pick)),
  tells(() => ({ type: 'assessment.restarted', data: {} })),
  tells(({ pick, text }) => severity(oneOf(SEVERITIES, pick), [text], pick % 3 ? undefined : text)),
  tells(({ pick, text }) => choice(pick, text)),
  tells(({ pick, text }) => ({
    type: 'status.changed',
    data: { status: oneOf(STATUSES, pick), reason: text },
  })),
  tells(({ text }) => ({ type: 'plan.refused', data: { reason: text } })),
  tells(({ text }) => ({ type: 'update.posted', data: { text } })),
  task,
  remind,
  tells(({ text }) => ({
    type: 'handover.given',
    data: { to: 'U0BEN', summary: [{ text }, { text, user: 'U0ANA' }] },
  })),
  tells(({ text }) => ({ type: 'postmortem.exported', data: { files: [text] } })),
  propose,
  propose,
  propose,
  (story, { pick }) => {
    if (story.incident().monitor) watch(story, pick % 2 === 0);
  },
  quickFix,
];

function task(story: Story, { by, pick, text }: Turn): void {
  const { tasks } = story.incident();
  const open = tasks.find(({ done }) => done === undefined);
  const added: Event = {
    type: 'task.added',
    data: {
      id: `T${tasks.length + 1}`,
      kind: pick % 3 ? 'task' : 'follow-up',
      text,
      ...(pick % 2 ? { owner: 'U0CLEO', due: story.now() } : {}),
    },
  };
  if (!open || pick % 4 === 0) return void story.tell(by, added);
  story.tell(
    by,
    pick % 4 === 1
      ? { type: 'task.assigned', data: { task: open.id, owner: 'U0BEN' } }
      : { type: 'task.done', data: { task: open.id } },
  );
}

function remind(story: Story, { by, pick }: Turn): void {
  const { reminders } = story.incident();
  const key = `update/${pick % 3}`;
  const given = reminders.some((each) => each.key === key);
  story.tell(
    given ? by : BACKSTOP,
    given && pick % 2
      ? { type: 'reminder.snoozed', data: { key, until: story.now() } }
      : { type: 'reminder.given', data: { key, about: 'update', due: story.now() } },
  );
}

function tells(event: (turn: Turn) => Event): Move {
  return (story, turn) => void story.tell(turn.by, event(turn));
}

function propose(story: Story, { pick, text }: Turn): void {
  if (activeRun(story.incident())) return;
  const changes = pick % 2 ? {} : { changesUnknown: text };
  showPlan(story, { title: text, losses: [text], target: text, ...changes });
}

const STATUSES: readonly Status[] = [
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'closed',
];

function answer(pick: number): Event {
  const question = oneOf(QUESTIONS, pick);
  const { id } = oneOf<{ readonly id: string }>(question.options, pick >> 3);
  return { type: 'assessment.answered', data: { question: question.id, answer: id } };
}

function choice(pick: number, text: string): Event {
  const response = oneOf(RESPONSES, pick);
  const override = pick % 3 === 0 ? { override: text || 'so' } : {};
  return { type: 'response.chosen', data: { response, reasons: [text], ...override } };
}

function close(story: Story, { by, pick, text: reason }: Turn): void {
  const plan = openProposal(story.incident())?.plan.id;
  if (plan === undefined) return;
  const ends: readonly Event[] = [
    { type: 'approval.rejected', data: { plan, reason } },
    { type: 'approval.expired', data: { plan } },
    { type: 'plan.went-stale', data: { plan, reason } },
  ];
  story.tell(by, oneOf(ends, pick));
}

function step(story: Story, { by, pick, text: reason }: Turn): void {
  const run = activeRun(story.incident());
  const state = run?.steps['swap-slot'];
  if (!run || !state) return;
  const at = { run: run.id, step: 'swap-slot' };
  if (state.status === 'waiting') {
    beginStep(story, 'swap-slot', reason);
  } else if (state.status === 'failed') {
    story.tell(
      by,
      oneOf<Event>(
        [
          { type: 'step.retried', data: at },
          { type: 'step.skipped', data: { ...at, reason } },
          { type: 'step.succeeded', data: { ...at, how: 'person', note: reason } },
        ],
        pick,
      ),
    );
  } else if (state.status === 'submitted' || state.status === 'lost') {
    const ends: readonly (readonly Event[])[] = [
      [{ type: 'step.succeeded', data: { ...at, how: 'applied' } }],
      [{ type: 'step.succeeded', data: { ...at, how: 'observed', note: reason } }],
      [
        { type: 'step.failed', data: { ...at, reason, settled: pick % 2 === 0 } },
        { type: 'run.halted', data: { ...at, reason } },
      ],
      state.status === 'lost' ? [] : [{ type: 'step.lost', data: { ...at, reason } }],
    ];
    story.tell(BACKSTOP, ...oneOf(ends, pick));
  } else {
    const readings = [{ ...reading('unknown'), reason }];
    story.tell(
      BACKSTOP,
      { type: 'verification.started', data: { run: run.id } },
      { type: 'verification.read', data: { run: run.id, readings } },
      { type: 'run.finished', data: { run: run.id, outcome: 'not-recovered', reason } },
    );
  }
}

function quickFix(story: Story, { by, pick, text: branch }: Turn): void {
  const until = story.now() + 15 * 60_000;
  const { quickFix } = story.incident();
  if (!quickFix) story.tell(by, { type: 'quick-fix.started', data: { branch, until } });
  else {
    const next: readonly Event[] = [
      { type: 'quick-fix.ended', data: { number: quickFix.number } },
      { type: 'quick-fix.extended', data: { until } },
      { type: 'quick-fix.deployed', data: {} },
    ];
    story.tell(by, oneOf(next, pick));
  }
}

function oneOf<T>(items: readonly T[], pick: number): T {
  const item = items[pick % items.length];
  if (item === undefined) throw new Error('Nothing to choose from');
  return item;
}
