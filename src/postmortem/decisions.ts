/** Who decided what in an incident, and why: the assessment, the severity, the response, the roles. */

import {
  type Answers,
  assess,
  optionOf,
  QUESTIONS,
  type QuestionId,
  type Response,
  type Severity,
} from '../assessment.ts';
import type { Recorded, Role } from '../events.ts';
import type { Incident } from '../incident.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';

export interface AnswerRecord {
  readonly id: QuestionId;
  readonly question: string;
  /** Null when nobody answered it, which happens once earlier answers have settled the matter. */
  readonly answer: string | null;
  readonly by?: string;
  readonly at?: Moment;
}

export interface SeverityRecord {
  readonly severity: Severity;
  readonly at: Moment;
  readonly by: string;
  readonly reasons: readonly string[];
  /** Why a person set it by hand. */
  readonly override?: string;
}

export interface DecisionRecord {
  readonly response: Response;
  readonly at: Moment;
  readonly by: string;
  readonly reasons: readonly string[];
  /** Why a person decided it by hand. */
  readonly override?: string;
  /** What the assessment recommended at that moment, if it was far enough to recommend anything. */
  readonly recommended?: { readonly response: Response; readonly reasons: readonly string[] };
}

export interface RoleRecord {
  readonly role: Role;
  readonly name: string;
  readonly from: Moment;
  /** Given when somebody else took over. */
  readonly until?: Moment;
}

export interface People {
  readonly declaredBy: string;
  readonly roles: readonly RoleRecord[];
  readonly responders: readonly string[];
  /** Of plans, and of steps that ask a second person. */
  readonly approvers: readonly string[];
  /** Emergency contacts that were called, as the service lists them. */
  readonly contactsCalled: readonly string[];
}

/** The newest answer to each question of the assessment. */
export function answersOf(events: readonly Recorded[], words: PlainWords): readonly AnswerRecord[] {
  const given = new Map<QuestionId, Extract<Recorded, { type: 'assessment.answered' }>>();
  for (const event of events) {
    if (event.type === 'assessment.restarted') given.clear();
    if (event.type === 'assessment.answered') given.set(event.data.question, event);
  }
  return QUESTIONS.map(({ id, text }): AnswerRecord => {
    const event = given.get(id);
    if (!event) return { id, question: text, answer: null };
    const answer = optionOf(id, event.data.answer)?.label ?? event.data.answer;
    return { id, question: text, answer, by: words.who(event.actor), at: momentOf(event.at) };
  });
}

/** Every severity the incident had, oldest first; the last is in force. */
export function severitiesOf(
  events: readonly Recorded[],
  words: PlainWords,
): readonly SeverityRecord[] {
  return events
    .filter((event) => event.type === 'severity.set')
    .map(({ data, at, actor }) => ({
      severity: data.severity,
      at: momentOf(at),
      by: words.who(actor),
      ...grounds(data, words),
    }));
}

/** Every response that was decided on, oldest first; the last is in force. */
export function decisionsOf(
  events: readonly Recorded[],
  words: PlainWords,
): readonly DecisionRecord[] {
  let answers: Answers = {};
  const decisions: DecisionRecord[] = [];
  for (const event of events) {
    if (event.type === 'assessment.restarted') answers = {};
    if (event.type === 'assessment.answered') {
      answers = { ...answers, [event.data.question]: event.data.answer };
    }
    if (event.type !== 'response.chosen') continue;
    const recommended = assess(answers).response;
    decisions.push({
      response: event.data.response,
      at: momentOf(event.at),
      by: words.who(event.actor),
      ...grounds(event.data, words),
      ...(recommended
        ? { recommended: { response: recommended.result, reasons: recommended.reasons } }
        : {}),
    });
  }
  return decisions;
}

export function peopleOf(
  incident: Incident,
  events: readonly Recorded[],
  words: PlainWords,
): People {
  const approvers = events
    .filter(({ type }) => type === 'approval.given' || type === 'step.allowed')
    .map((event) => words.who(event.actor));
  return {
    declaredBy: words.who(incident.declaredBy),
    roles: rolesOf(events, words),
    responders: incident.responders.map((id) => words.user(id)),
    approvers: [...new Set(approvers)],
    contactsCalled: (incident.contactsCalled?.contacts ?? []).map((text) => words.text(text)),
  };
}

function rolesOf(events: readonly Recorded[], words: PlainWords): readonly RoleRecord[] {
  const claims = events.filter((event) => event.type === 'role.claimed');
  return claims.map(({ data, at }, index): RoleRecord => {
    const next = claims.slice(index + 1).find((later) => later.data.role === data.role);
    return {
      role: data.role,
      name: words.user(data.user),
      from: momentOf(at),
      ...(next ? { until: momentOf(next.at) } : {}),
    };
  });
}

function grounds(
  data: { readonly reasons: readonly string[]; readonly override?: string },
  words: PlainWords,
): { readonly reasons: readonly string[]; readonly override?: string } {
  const reasons = data.reasons.map((reason) => words.text(reason));
  return data.override === undefined
    ? { reasons }
    : { reasons, override: words.text(data.override) };
}
