/**
 * The assessment: six questions, and the rules that turn their answers into a severity and a recommended response.
 * The rules are data, each with its source: guide 002, "When to Rollback" and "Procedure 1". Where the guide leaves a
 * gap the rule says `decided` and why; `docs/assessment.md` has the whole table.
 */

export type Severity = 'sev1' | 'sev2' | 'sev3' | 'sev4';
export type Response = 'rollback' | 'quick-fix' | 'mitigate' | 'monitor';

export const SEVERITIES: readonly Severity[] = ['sev1', 'sev2', 'sev3', 'sev4'];
export const RESPONSES: readonly Response[] = ['rollback', 'quick-fix', 'mitigate', 'monitor'];

export interface Option {
  readonly id: string;
  readonly label: string;
}

export interface Question {
  readonly id: string;
  readonly text: string;
  readonly options: readonly Option[];
}

export const QUESTIONS = [
  {
    id: 'users',
    text: 'How many users are affected?',
    options: [
      { id: 'all', label: 'All of them' },
      { id: 'many', label: '5% or more' },
      { id: 'few', label: 'Under 5%' },
      { id: 'none', label: 'None that we know of' },
    ],
  },
  {
    id: 'data',
    text: 'Is data being lost or corrupted?',
    options: [
      { id: 'yes', label: 'Yes' },
      { id: 'suspected', label: 'We suspect it' },
      { id: 'no', label: 'No' },
    ],
  },
  {
    id: 'security',
    text: 'Is it a security problem?',
    options: [
      { id: 'yes', label: 'Yes' },
      { id: 'suspected', label: 'We suspect it' },
      { id: 'no', label: 'No' },
    ],
  },
  {
    id: 'availability',
    text: 'Is it down, or slow?',
    options: [
      { id: 'down', label: 'Down' },
      { id: 'over-10x', label: 'Over 10x slower' },
      { id: '5-10x', label: '5-10x slower' },
      { id: '2-5x', label: '2-5x slower' },
      { id: 'normal', label: 'Up, at normal speed' },
    ],
  },
  {
    id: 'wait',
    text: 'Can it wait?',
    options: [
      { id: 'no', label: 'No, people are blocked' },
      { id: 'yes', label: 'Yes, minor or non-critical' },
    ],
  },
  {
    id: 'fix',
    text: 'How long would a fix take?',
    options: [
      { id: 'under-15', label: 'Under 15 minutes' },
      { id: 'longer', label: 'Longer' },
      { id: 'unknown', label: 'We do not know' },
    ],
  },
] as const satisfies readonly Question[];

export type QuestionId = (typeof QUESTIONS)[number]['id'];
export type Answers = Readonly<Partial<Record<QuestionId, string>>>;

interface Rule<Result> {
  /** Every answer named must be given, and be one of those listed. */
  readonly when: Readonly<Partial<Record<QuestionId, readonly string[]>>>;
  readonly gives: Result;
  readonly because: string;
  readonly source: string;
}

const IMMEDIATE = 'guide 002, When to Rollback, immediate';
const WATCH = 'guide 002, When to Rollback, monitor and decide';
const PROCEDURE_1 = 'guide 002, Procedure 1';

/** First match wins; the worst comes first. */
export const SEVERITY_RULES: readonly Rule<Severity>[] = [
  { when: { users: ['all'] }, gives: 'sev1', because: 'all users are affected', source: IMMEDIATE },
  { when: { data: ['yes'] }, gives: 'sev1', because: 'data is lost or corrupt', source: IMMEDIATE },
  {
    when: { security: ['yes'] },
    gives: 'sev1',
    because: 'it is a security problem',
    source: IMMEDIATE,
  },
  {
    when: { availability: ['down'] },
    gives: 'sev1',
    because: 'the service is down',
    source: IMMEDIATE,
  },
  {
    when: { availability: ['over-10x'] },
    gives: 'sev1',
    because: 'it is over 10x slower',
    source: IMMEDIATE,
  },
  {
    when: { data: ['suspected'] },
    gives: 'sev2',
    because: 'data may be at risk',
    source: 'decided: the guide asks "is data at risk?" but ranks only certain loss',
  },
  {
    when: { security: ['suspected'] },
    gives: 'sev2',
    because: 'a security problem is suspected',
    source: 'decided: a suspicion ranks one below a finding',
  },
  {
    when: { users: ['many'] },
    gives: 'sev2',
    because: '5% of users or more are affected',
    source: 'decided: the guide names "all" and "under 5%"; between them lies SEV2',
  },
  {
    when: { availability: ['5-10x'] },
    gives: 'sev2',
    because: 'it is 5-10x slower',
    source: 'decided: the guide names over 10x and 2-5x; between them lies SEV2',
  },
  { when: { availability: ['2-5x'] }, gives: 'sev3', because: 'it is 2-5x slower', source: WATCH },
  {
    when: { wait: ['no'] },
    gives: 'sev3',
    because: 'people are blocked, but fewer than 5%',
    source: WATCH,
  },
  { when: { wait: ['yes'] }, gives: 'sev4', because: 'it is minor and can wait', source: WATCH },
];

/** First match wins. */
export const RESPONSE_RULES: readonly Rule<Response>[] = [
  {
    when: { users: ['all'] },
    gives: 'rollback',
    because: 'all users are affected',
    source: IMMEDIATE,
  },
  {
    when: { data: ['yes'] },
    gives: 'rollback',
    because: 'data is lost or corrupt',
    source: IMMEDIATE,
  },
  {
    when: { security: ['yes'] },
    gives: 'rollback',
    because: 'it is a security problem',
    source: IMMEDIATE,
  },
  {
    when: { availability: ['down'] },
    gives: 'rollback',
    because: 'the service is down',
    source: IMMEDIATE,
  },
  {
    when: { availability: ['over-10x'] },
    gives: 'rollback',
    because: 'it is over 10x slower',
    source: IMMEDIATE,
  },
  {
    when: { data: ['suspected'] },
    gives: 'rollback',
    because: 'data may be at risk, and each minute can cost more of it',
    source: 'decided: with data, doubt counts as harm',
  },
  {
    when: { wait: ['yes'], users: ['few', 'none'] },
    gives: 'monitor',
    because: 'it is minor, touches under 5% of users and can wait',
    source: WATCH,
  },
  {
    when: { wait: ['yes'], users: ['many'] },
    gives: 'monitor',
    because: 'it is not critical and can wait',
    source: WATCH,
  },
  {
    when: { wait: ['no'], fix: ['under-15'] },
    gives: 'quick-fix',
    because: 'a fix takes less than 15 minutes',
    source: PROCEDURE_1,
  },
  {
    when: { wait: ['no'], availability: ['2-5x', '5-10x'], fix: ['longer', 'unknown'] },
    gives: 'mitigate',
    because: 'it is slow but up',
    source: 'guide 002, Procedure 3',
  },
  {
    when: { wait: ['no'], fix: ['longer'] },
    gives: 'rollback',
    because: 'a fix takes longer than 15 minutes',
    source: PROCEDURE_1,
  },
  {
    when: { wait: ['no'], fix: ['unknown'] },
    gives: 'rollback',
    because: 'nobody knows how long a fix takes',
    source: 'decided: an unknown fix is taken to be a long one',
  },
];

export interface Finding<Result> {
  readonly result: Result;
  readonly reasons: readonly string[];
}

export interface Assessment {
  /** The question to ask next; undefined when all are answered. */
  readonly next: Question | undefined;
  readonly severity: Finding<Severity> | undefined;
  readonly response: Finding<Response> | undefined;
}

/**
 * What the answers so far say. Severity and response appear as soon as an answer settles them beyond what later answers
 * can change, so that nobody has to go on answering while everything burns.
 */
export function assess(answers: Answers): Assessment {
  const next = QUESTIONS.find((question) => answers[question.id] === undefined);
  return {
    next,
    severity: settled(SEVERITY_RULES, answers, next === undefined),
    response: settled(RESPONSE_RULES, answers, next === undefined),
  };
}

/** The option an answer stands for; undefined for an id that the question does not have. */
export function optionOf(question: string, answer: string): Option | undefined {
  const found: Question | undefined = QUESTIONS.find((q) => q.id === question);
  return found?.options.find((option) => option.id === answer);
}

/**
 * The first rule that matches, unless an earlier rule could still match once more is answered. All rules that lead to the
 * same result lend their reason.
 */
function settled<Result>(
  rules: readonly Rule<Result>[],
  answers: Answers,
  complete: boolean,
): Finding<Result> | undefined {
  const first = rules.find((rule) => matches(rule, answers));
  if (!first) return undefined;
  const open = rules
    .slice(0, rules.indexOf(first))
    .some((rule) => rule.gives !== first.gives && couldMatch(rule, answers));
  if (open && !complete) return undefined;
  const agreeing = rules.filter((rule) => rule.gives === first.gives && matches(rule, answers));
  return { result: first.gives, reasons: [...new Set(agreeing.map((rule) => rule.because))] };
}

function matches(rule: Rule<unknown>, answers: Answers): boolean {
  return entriesOf(rule).every(([question, accepted]) => {
    const answer = answers[question];
    return answer !== undefined && accepted.includes(answer);
  });
}

function couldMatch(rule: Rule<unknown>, answers: Answers): boolean {
  return entriesOf(rule).every(([question, accepted]) => {
    const answer = answers[question];
    return answer === undefined || accepted.includes(answer);
  });
}

function entriesOf(rule: Rule<unknown>): readonly [QuestionId, readonly string[]][] {
  return Object.entries(rule.when) as [QuestionId, readonly string[]][];
}
