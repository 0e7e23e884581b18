/** From what zod and the references found wrong to problems in words: where, on which line, what was expected. */

import type { z } from 'zod';
import type { ConfigProblem } from '../errors.ts';
import type { Path } from './source.ts';

/** What the words about a problem are made from. */
export interface Surroundings {
  /** The value of the file at a path, fit to be shown. */
  readonly shown: (path: Path) => string;
  readonly lineOf: (path: Path) => number | undefined;
  /** The keys that may stand in the block at a path. */
  readonly keysAt: (path: Path) => readonly string[];
}

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** What each of zod's own complaints expected, as a noun phrase; a schema's own `error` wins over it. */
export function expectedBy(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NOUNS[String(issue['expected'])] ?? String(issue['expected']);
    case 'invalid_value':
      return oneOf(issue['values'] as readonly unknown[]);
    case 'invalid_union':
      return oneOf((issue['options'] as readonly unknown[] | undefined) ?? []);
    case 'invalid_format':
      return FORMATS[String(issue['format'])] ?? `a text in the form ${String(issue['format'])}`;
    case 'too_small':
      return `${issue['inclusive'] ? 'at least' : 'more than'} ${sized(issue, Number(issue['minimum']))}`;
    case 'too_big':
      return `${issue['inclusive'] ? 'at most' : 'less than'} ${sized(issue, Number(issue['maximum']))}`;
    case 'not_multiple_of':
      return `a multiple of ${issue['divisor']}`;
    case 'custom':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    case undefined:
      return 'something else';
  }
}

/** The problems of one zod issue; several for a block with several unknown keys. */
export function problemsOf(issue: Issue, around: Surroundings): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], key, around));
  }
  const { path } = issue;
  const at = { path: pathText(path), line: around.lineOf(path) };
  if (issue.code === 'invalid_key') {
    const expected = issue.issues[0]?.message ?? 'another key';
    return [{ ...at, value: quoted(String(path.at(-1))), expected }];
  }
  const choices = choicesOf(issue);
  const value = around.shown(path);
  return [
    { ...at, value, expected: nounPhrase(issue), suggestion: closest(unquoted(value), choices) },
  ];
}

/** A path as people write it: `services.checkout.monitor.windows[0].name`; the whole file is `the file`. */
export function pathText(path: Path): string {
  const text = path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[\w-]+$/.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(step)}]`;
    })
    .join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

/** A text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}

function unknownKey(path: Path, key: string, around: Surroundings): ConfigProblem {
  const keys = around.keysAt(path.slice(0, -1));
  const block = path.length > 1 ? 'this block' : 'the file';
  return {
    path: pathText(path),
    line: around.lineOf(path),
    value: 'an unknown key',
    expected: `one of the keys of ${block} (${keys.join(', ')})`,
    suggestion: closest(key, keys),
  };
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
};

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL, such as https://example.com',
  uuid: 'a UUID, such as 11111111-2222-4333-8444-555555555555',
  email: 'an e-mail address',
};

function sized(issue: RawIssue, size: number): string {
  const nouns: Readonly<Record<string, string>> = { string: 'character', array: 'entry' };
  const noun = nouns[String(issue['origin'])];
  if (!noun) return String(size);
  return size === 1 ? `1 ${noun}` : `${size} ${noun === 'entry' ? 'entries' : `${noun}s`}`;
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  const last = texts.pop();
  return texts.length > 0 ? `${texts.join(', ')} or ${last}` : String(last);
}

/** A schema's message, which may be a sentence such as "must be the name of a web app", as what was expected. */
function nounPhrase(issue: Issue): string {
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) {
    return 'a text that is not empty';
  }
  return issue.message.replace(/^must be /, '').replace(/^must /, 'a value that must ');
}

function choicesOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue) return issue.options?.map(String) ?? [];
  return [];
}

function unquoted(value: string): string {
  return value.replace(/^"|"$/g, '');
}

/** The one that differs in at most a third of its characters; undefined when none comes near. */
function closest(given: string, choices: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[_-]/g, '');
  const near = choices
    .map((choice) => ({ choice, distance: distance(plain(given), plain(choice)) }))
    .filter((each) => each.distance <= Math.ceil(each.choice.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.choice;
}

/** Levenshtein's distance: how many characters to put in, take out or change. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > b.length) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of a.split('').entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (char === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
