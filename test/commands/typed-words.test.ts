import { describe, expect, it } from 'vitest';
import {
  asTyped,
  noteSaid,
  personAndWhy,
  personNamed,
  taskSaid,
} from '../../src/commands/typed-words.ts';
import { refusal } from '../support/asking.ts';

const NOW = Date.UTC(2026, 10, 21, 13, 2);
const task = (words: string) => taskSaid(words, NOW, 'UTC');

describe('what was typed', () => {
  it('reads as it was typed, without Slack’s escapes', () => {
    expect(asTyped('<@U1|ana> & <#C1|shop> &lt;b&gt; &amp;lt; <!channel>')).toBe(
      '@ana & #shop <b> &lt; <!channel>',
    );
  });

  it.each([
    ['call the bank', { text: 'call the bank' }],
    ['call <@U1|ana> back', { text: 'call @ana back' }],
    ['call <@U2|ben> <@U1|ana>', { text: 'call @ben', owner: 'U1' }],
    ['call them <@U1|ana> by 14:30', { text: 'call them', owner: 'U1', due: NOW + 88 * 60_000 }],
    ['call them by 14:30 <@U1>', { text: 'call them', owner: 'U1', due: NOW + 88 * 60_000 }],
    ['look again in 20 min', { text: 'look again', due: NOW + 20 * 60_000 }],
    ['drop in 3 places', { text: 'drop in 3 places' }],
    ['stand by', { text: 'stand by' }],
    ['look at 14:30', { text: 'look at 14:30' }],
    ['<@U1|ana>', { text: '', owner: 'U1' }],
  ])('“%s” is a task', (words, said) => {
    expect(task(words)).toEqual(said);
  });

  it('names a time that is none, and a person whom nobody knows', () => {
    expect(refusal(() => task('x by 25:99')).message).toMatch(/no time “25:99”/);
    expect(refusal(() => task('x @nobody')).message).toMatch(/Nobody here is called “@nobody”/);
    expect(refusal(() => personNamed('ana')).message).toMatch(/Nobody here is called “ana”/);
    expect(refusal(() => personNamed('<@U1|a> <@U2|b>')).code).toBe('not-found');
    expect(personNamed(' <@U1|ana> ')).toBe('U1');
    expect(personNamed(' ')).toBeUndefined();
  });

  it.each([
    ['', { why: '' }],
    ['<@U1|ana>', { person: 'U1', why: '' }],
    ['<@U1> she knows the &lt;bank&gt;', { person: 'U1', why: 'she knows the <bank>' }],
    ['<@U1|ana> because <@U2|ben> sleeps', { person: 'U1', why: '@ben sleeps' }],
    ['because I was there', { why: 'I was there' }],
  ])('“%s” says who gets a role, and why', (words, said) => {
    expect(personAndWhy(words)).toEqual(said);
  });

  it('says who it is about before it says why', () => {
    expect(refusal(() => personAndWhy('ana is here')).message).toMatch(
      /Nobody here is called “ana”/,
    );
  });

  it('may tell when something was', () => {
    expect(noteSaid('at 12:58 the queue &amp; the cache', NOW, 'UTC')).toEqual({
      text: 'the queue & the cache',
      at: NOW - 4 * 60_000,
    });
    expect(noteSaid('at last', NOW, 'UTC')).toEqual({ text: 'at last' });
  });
});
