import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION, idsOf } from '../../src/blocks/actions.ts';
import { conversation, type DesiredMessage } from '../../src/blocks/conversation.ts';
import {
  checkBlocks,
  interactiveElements,
} from '../../src/sandbox/workspace/block-rules/blocks.ts';
import type { Json } from '../../src/sandbox/workspace/json.ts';
import { anyStory } from '../support/a-random-incident.ts';
import { aService, incidentAfter, lives, statesOf, type Words } from './support.ts';

/** chat.update takes no longer text than this. */
const TEXT_LIMIT = 4000;
const TOTAL_LIMIT = 12_000;
const ID_COUNTS: Readonly<Record<string, number>> = {
  [ACTION.answer]: 3,
  [ACTION.takeRole]: 3,
  [ACTION.planOlder]: 2,
  [ACTION.planRollForward]: 2,
  [ACTION.planUndo]: 2,
  [ACTION.mitigate]: 2,
  [ACTION.refreshPlan]: 2,
  [ACTION.requestApproval]: 2,
  [ACTION.approve]: 2,
  [ACTION.reject]: 2,
  [ACTION.breakGlass]: 2,
  [ACTION.askQuestion]: 2,
  [ACTION.allowStep]: 3,
  [ACTION.undoRun]: 2,
  [ACTION.retryStep]: 3,
  [ACTION.skipStep]: 3,
  [ACTION.doneByHand]: 3,
  [ACTION.cancelRun]: 2,
  [ACTION.endStep]: 3,
  [ACTION.takeTask]: 2,
  [ACTION.finishTask]: 2,
  [ACTION.snooze]: 2,
  [ACTION.startPlaybook]: 2,
};

const hostile: Words = (text) =>
  `${text} \u202eback\u202c\u200b <!channel> <@U0EVE> <https://evil.example|safe> & \`\`\` *_~ \n> 🦊👩‍👩‍👧 ${'& 🦊 long '.repeat(1250)}`;

function everyMessage(
  words?: Words,
): readonly { readonly at: string; readonly message: DesiredMessage }[] {
  return Object.entries(lives(words)).flatMap(([life, moments]) =>
    statesOf(moments).flatMap((state) =>
      conversation(state, aService(words)).map((message) => ({
        at: `${life}, event ${state.version}, ${message.key}`,
        message,
      })),
    ),
  );
}

function buttonsOf(blocks: readonly KnownBlock[]): readonly Json[] {
  return blocks.flatMap((block) =>
    interactiveElements(block as unknown as Json).map(({ element }) => element),
  );
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** The characters of every text in the blocks. */
function lengthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : lengthOf(inner)),
    0,
  );
}

function mrkdwnIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own =
    'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnIn)];
}

describe.each([
  ['ordinary words', undefined],
  ['hostile words of 10,000 characters', hostile],
])('the messages of every life, with %s', (_name, words) => {
  const messages = everyMessage(words);

  it('keep within what Slack takes', () => {
    const problems = messages.flatMap(({ at, message }) =>
      checkBlocks(message.blocks, 'message').map((problem) => `${at}: ${problem}`),
    );

    expect(problems).toEqual([]);
  });

  it('have a text that can be edited and blocks that can be read', () => {
    const long = messages.filter(
      ({ message }) =>
        message.text.trim() === '' ||
        message.text.length > TEXT_LIMIT ||
        lengthOf(message.blocks) > TOTAL_LIMIT,
    );

    expect(long.map(({ at }) => at)).toEqual([]);
  });

  it('notify nobody whom the bot did not mean to', () => {
    const stray = messages.flatMap(({ at, message }) =>
      [message.text, ...mrkdwnIn(message.blocks)]
        .filter((text) => /<!channel|<!here|<!everyone|<@U0EVE|<[^<>]*evil\.example\|/.test(text))
        .map(() => at),
    );

    expect(stray).toEqual([]);
  });

  it('read as they stand, with nothing unseen in them', () => {
    const turned = messages.flatMap(({ at, message }) =>
      stringsIn([message.text, message.blocks])
        .filter((text) => /[\u200b\u202a-\u202e]/.test(text))
        .map((text) => `${at}: ${text.slice(0, 80)}`),
    );

    expect(turned).toEqual([]);
  });

  it('never cut a character or an escape in two, nor leave code open', () => {
    const broken = messages.flatMap(({ at, message }) =>
      [
        ...stringsIn([message.text, message.blocks]).filter((text) => /\p{Surrogate}/u.test(text)),
        ...[message.text, ...mrkdwnIn(message.blocks)].filter(
          (text) =>
            /&(?!amp;|lt;|gt;)[a-z]*…/.test(text) || (text.match(/```/g) ?? []).length % 2 === 1,
        ),
      ].map(() => at),
    );

    expect(broken).toEqual([]);
  });

  it('say the words undefined and NaN nowhere', () => {
    const odd = messages.filter(({ message }) =>
      stringsIn([message.text, message.blocks]).some((text) => /undefined|NaN|\[object/.test(text)),
    );

    expect(odd.map(({ at }) => at)).toEqual([]);
  });

  it('have at most one primary button, and confirm what is dangerous', () => {
    const wrong = messages.filter(({ message }) => {
      const buttons = buttonsOf(message.blocks);
      const primary = buttons.filter((button) => button['style'] === 'primary');
      const danger = buttons.filter((button) => button['style'] === 'danger');
      return primary.length > 1 || danger.some((button) => button['confirm'] === undefined);
    });

    expect(wrong.map(({ at }) => at)).toEqual([]);
  });

  it('carry ids in their buttons that the commands can read', () => {
    const unread = messages.flatMap(({ at, message }) =>
      buttonsOf(message.blocks)
        .filter((button) => {
          const action = String(button['action_id']).split('.')[0] ?? '';
          const ids = idsOf(String(button['value']), ID_COUNTS[action] ?? 1);
          return !Object.values<string>(ACTION).includes(action) || ids?.[0] !== 'INC-0001';
        })
        .map((button) => `${at}: ${String(button['action_id'])}`),
    );

    expect(unread).toEqual([]);
  });
});

describe.each(Object.entries(lives()))('the conversation of a life: %s', (_name, moments) => {
  it('never loses a message', () => {
    const seen = new Set<string>();

    for (const state of statesOf(moments)) {
      const keys = conversation(state, aService()).map(({ key }) => key);
      for (const key of keys) seen.add(key);
      expect([...seen].filter((key) => !keys.includes(key))).toEqual([]);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('gives the same messages for the same state', () => {
    for (const state of statesOf(moments)) {
      expect(conversation(state, aService())).toEqual(
        conversation(structuredClone(state), aService()),
      );
    }
  });
});

describe('conversation', () => {
  it('lists the messages in the order in which they came up', () => {
    const end = statesOf(lives()['bad release'] ?? []).at(-1);

    const keys = end && conversation(end, aService()).map(({ key }) => key);

    expect(keys).toEqual([
      'card',
      'announcement',
      'plan/INC-0001-P1',
      'approval/INC-0001-P1',
      'run/INC-0001-R1',
      'recovered/INC-0001-R1',
      'monitor/INC-0001-R1/first-hour',
      'resolved',
    ]);
  });

  it('pins the card and nothing else', () => {
    const messages = conversation(incidentAfter(), aService());

    expect(messages.filter(({ pinned }) => pinned).map(({ key }) => key)).toEqual(['card']);
  });

  it('goes on when the service has left the configuration', () => {
    const gone = {
      id: 'checkout',
      name: 'checkout',
      responders: [],
      contacts: [],
      environments: {},
    };

    for (const moments of Object.values(lives())) {
      for (const state of statesOf(moments)) {
        for (const { blocks } of conversation(state, gone)) {
          expect(checkBlocks(blocks, 'message')).toEqual([]);
        }
      }
    }
  });

  it('is fit for Slack whatever turn an incident takes', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        for (const message of conversation(story.incident(), aService())) {
          expect(checkBlocks(message.blocks, 'message')).toEqual([]);
          expect(message.text.length).toBeLessThanOrEqual(TEXT_LIMIT);
          expect(lengthOf(message.blocks)).toBeLessThanOrEqual(TOTAL_LIMIT);
          expect([message.text, ...mrkdwnIn(message.blocks)].join()).not.toMatch(
            /<!channel|<!here/,
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});
