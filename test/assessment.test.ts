import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Answers,
  assess,
  optionOf,
  QUESTIONS,
  RESPONSE_RULES,
  RESPONSES,
  type Response,
  SEVERITIES,
  SEVERITY_RULES,
  type Severity,
} from '../src/assessment.ts';

const ids = QUESTIONS.map(({ id }) => id);
const everyAnswer: readonly Answers[] = ids.reduce<readonly Answers[]>(
  (all, id, index) => {
    const options = QUESTIONS[index]?.options ?? [];
    return all.flatMap((answers) => options.map((option) => ({ ...answers, [id]: option.id })));
  },
  [{}],
);

/** Some of the answers of a complete assessment, in whatever order they were given. */
const partOfAnswers = fc
  .tuple(fc.constantFrom(...everyAnswer), fc.subarray([...ids]))
  .map(([all, some]) => ({
    all,
    part: Object.fromEntries(some.map((id) => [id, all[id]])) as Answers,
  }));

/** The first rule whose every condition is met, told apart from `assess` by hand. */
function firstMatch(
  rules: readonly { readonly when: Readonly<Partial<Record<string, readonly string[]>>> }[],
  answers: Answers,
): number {
  return rules.findIndex((rule) =>
    Object.entries(rule.when).every(([question, accepted]) =>
      accepted?.includes(answers[question as keyof Answers] ?? ''),
    ),
  );
}

describe('the rules', () => {
  it.each([
    ['severity', SEVERITY_RULES],
    ['response', RESPONSE_RULES],
  ])('of %s: each decides some case, has its reason and its source', (_name, rules) => {
    const deciding = new Set(everyAnswer.map((answers) => firstMatch(rules, answers)));

    expect([...deciding].sort((a, b) => a - b)).toEqual(rules.map((_rule, index) => index));
    for (const rule of rules) {
      expect(rule.because).not.toBe('');
      expect(rule.source).toMatch(/^(guide 00\d, \S.*|decided: \S.*)$/);
      for (const [question, accepted] of Object.entries(rule.when)) {
        for (const answer of accepted ?? []) expect(optionOf(question, answer)).toBeDefined();
      }
    }
  });

  it('together give every severity and every response', () => {
    expect(new Set(SEVERITY_RULES.map(({ gives }) => gives))).toEqual(new Set(SEVERITIES));
    expect(new Set(RESPONSE_RULES.map(({ gives }) => gives))).toEqual(new Set(RESPONSES));
  });
});

describe('guide 002', () => {
  const calm: Answers = {
    users: 'few',
    data: 'no',
    security: 'no',
    availability: 'normal',
    wait: 'yes',
    fix: 'longer',
  };
  const urgent: Answers = { ...calm, wait: 'no' };

  it.each<[string, Answers, Severity, Response]>([
    ['a critical bug affects all users', { ...calm, users: 'all' }, 'sev1', 'rollback'],
    ['data corruption or loss', { ...calm, data: 'yes' }, 'sev1', 'rollback'],
    ['a security vulnerability is discovered', { ...calm, security: 'yes' }, 'sev1', 'rollback'],
    ['a complete service outage', { ...calm, availability: 'down' }, 'sev1', 'rollback'],
    ['more than 10x slower', { ...calm, availability: 'over-10x' }, 'sev1', 'rollback'],
    ['a bug affects under 5% of users', calm, 'sev4', 'monitor'],
    ['a minor UI issue nobody is hurt by', { ...calm, users: 'none' }, 'sev4', 'monitor'],
    ['a non-critical feature is broken for many', { ...calm, users: 'many' }, 'sev2', 'monitor'],
    ['2-5x slower, and it can wait', { ...calm, availability: '2-5x' }, 'sev3', 'monitor'],
    ['2-5x slower, and it cannot', { ...urgent, availability: '2-5x' }, 'sev3', 'mitigate'],
    ['5-10x slower', { ...urgent, availability: '5-10x' }, 'sev2', 'mitigate'],
    ['procedure 1: a quick fix', { ...urgent, fix: 'under-15' }, 'sev3', 'quick-fix'],
    ['procedure 1: a fix takes longer', urgent, 'sev3', 'rollback'],
    ['procedure 1: nobody knows', { ...urgent, fix: 'unknown' }, 'sev3', 'rollback'],
    ['example 1: 60% of users locked out', { ...urgent, users: 'many' }, 'sev2', 'rollback'],
    ['example 2: a migration corrupts data', { ...urgent, data: 'yes' }, 'sev1', 'rollback'],
    ['data may be at risk', { ...calm, data: 'suspected' }, 'sev2', 'rollback'],
    ['a hole is suspected', { ...calm, security: 'suspected' }, 'sev2', 'monitor'],
  ])('%s', (_case, answers, severity, response) => {
    const assessment = assess(answers);

    expect(assessment.next).toBeUndefined();
    expect(assessment.severity?.result).toBe(severity);
    expect(assessment.response?.result).toBe(response);
  });
});

describe('assessing', () => {
  it('asks the questions one after the other', () => {
    expect(assess({}).next?.id).toBe('users');
    expect(assess({ users: 'few', data: 'no' }).next?.id).toBe('security');
    expect(assess({ data: 'no' }).next?.id).toBe('users');
  });

  it('says nothing before it is asked anything', () => {
    expect(assess({})).toMatchObject({ severity: undefined, response: undefined });
  });

  it('comes to a severity and a response, with reasons, whatever the answers', () => {
    for (const answers of everyAnswer) {
      const { next, severity, response } = assess(answers);

      expect(next).toBeUndefined();
      expect(severity?.result).toBe(SEVERITY_RULES[firstMatch(SEVERITY_RULES, answers)]?.gives);
      expect(response?.result).toBe(RESPONSE_RULES[firstMatch(RESPONSE_RULES, answers)]?.gives);
      expect(severity?.reasons.length).toBeGreaterThan(0);
      expect(response?.reasons.length).toBeGreaterThan(0);
      expect(new Set(response?.reasons).size).toBe(response?.reasons.length);
    }
  });

  it('never takes back what it has settled early', () => {
    fc.assert(
      fc.property(partOfAnswers, ({ all, part }) => {
        const early = assess(part);
        const late = assess(all);

        if (early.severity) expect(early.severity.result).toBe(late.severity?.result);
        if (early.response) expect(early.response.result).toBe(late.response?.result);
      }),
      { numRuns: 2_000 },
    );
  });

  it('settles as early as it can: when every way to go on ends the same', () => {
    fc.assert(
      fc.property(partOfAnswers, ({ part }) => {
        const ends = everyAnswer.filter((all) =>
          Object.entries(part).every(([q, a]) => all[q as keyof Answers] === a),
        );
        const severities = new Set(ends.map((all) => assess(all).severity?.result));
        const first = firstMatch(SEVERITY_RULES, part);

        const settled = assess(part).severity !== undefined;

        if (settled) expect(severities.size).toBe(1);
        else expect(first === -1 || severities.size > 1).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('names all reasons that lead to the same result, and no others', () => {
    const { severity, response } = assess({ users: 'all', data: 'yes', security: 'suspected' });

    expect(severity).toEqual({
      result: 'sev1',
      reasons: ['all users are affected', 'data is lost or corrupt'],
    });
    expect(response?.reasons).toEqual(['all users are affected', 'data is lost or corrupt']);
  });

  it('is settled at once by the worst answer', () => {
    const { next, severity, response } = assess({ users: 'all' });

    expect([severity?.result, response?.result, next?.id]).toEqual(['sev1', 'rollback', 'data']);
  });
});

it('knows the options of its questions, and no others', () => {
  expect(optionOf('users', 'few')?.label).toBe('Under 5%');
  expect(optionOf('users', 'yes')).toBeUndefined();
  expect(optionOf('constructor', 'name')).toBeUndefined();
});

describe('docs/assessment.md', () => {
  const page = readFileSync(new URL('../docs/assessment.md', import.meta.url), 'utf8');

  it('shows the questions as they are asked', () => {
    expect(tableUnder(page, 'Questions')).toEqual(
      QUESTIONS.map(({ id, text, options }) => [
        `\`${id}\``,
        text,
        options.map((option) => `${option.label} (\`${option.id}\`)`).join('<br>'),
      ]),
    );
  });

  it.each([
    ['Severity', SEVERITY_RULES],
    ['Response', RESPONSE_RULES],
  ])('shows the rules of %s as they are applied', (heading, rules) => {
    expect(tableUnder(page, heading)).toEqual(
      rules.map((rule, index) => [
        String(index + 1),
        Object.entries(rule.when)
          .map(([question, accepted]) => `${question}: ${accepted?.join(' or ')}`)
          .join('; '),
        rule.gives,
        rule.because,
        rule.source,
      ]),
    );
  });
});

/** The cells of the table under a heading, without its head. */
function tableUnder(page: string, heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
