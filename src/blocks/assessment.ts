/** The assessment on the card: the question to answer now, the answers so far, and what they come to. */

import type { KnownBlock } from '@slack/types';
import { optionOf, QUESTIONS, type Question } from '../assessment.ts';
import type { Incident } from '../incident.ts';
import { isRollbackPlanned, openQuestion, openRecommendation } from '../open-assessment.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, context, section } from './elements.ts';
import { at, listed, prose, quote, who } from './mrkdwn.ts';
import { RESPONSE_MEANINGS, RESPONSE_NAMES, severityName } from './words.ts';

/** Question, answers, severity and response of an open incident. */
export function assessment(incident: Incident): readonly KnownBlock[] {
  const question = openQuestion(incident);
  return blocksOf(
    question && ask(incident, question),
    severity(incident),
    response(incident),
    answers(incident),
  );
}

/** What was decided and why, for as long as the incident is shown. */
export function decisions(incident: Incident): readonly KnownBlock[] {
  return blocksOf(severity(incident), incident.response && response(incident));
}

function ask(incident: Incident, question: Question): readonly KnownBlock[] {
  const number = QUESTIONS.findIndex(({ id }) => id === question.id) + 1;
  const choices = question.options.map(({ id, label }) =>
    button(ACTION.answer, label, [incident.id, question.id, id], {
      choice: id,
      label: `${question.text} ${label}`,
    }),
  );
  return [
    section(`*${question.text}*  (${number} of ${QUESTIONS.length})`),
    ...actions(...choices),
  ];
}

function answers({ answers: given }: Incident): KnownBlock | undefined {
  const lines = QUESTIONS.flatMap(({ id, text }) => {
    const answer = given[id];
    return answer === undefined ? [] : [`${text} *${optionOf(id, answer)?.label ?? answer}*`];
  });
  return lines.length === 0 ? undefined : context(lines.join('  |  '));
}

function severity({ severity: set }: Incident): KnownBlock | undefined {
  if (!set) return undefined;
  const name = severityName(set.is);
  if (set.override === undefined) return section(`*Severity ${name}*${because(set.reasons)}.`);
  return section(
    `*Severity ${name}*, set by ${who(set.by)} at ${at(set.at)}:`,
    quote(set.override),
  );
}

function response(incident: Incident): KnownBlock | undefined {
  const decided = incident.response;
  if (decided) {
    const heading = `*Decided: ${RESPONSE_NAMES[decided.is]}.* ${RESPONSE_MEANINGS[decided.is]}.`;
    const by = `by ${who(decided.by)} at ${at(decided.at)}`;
    return decided.override === undefined
      ? section(heading, `Confirmed ${by}${because(decided.reasons)}.`)
      : section(heading, `Chosen ${by}:`, quote(decided.override));
  }
  const found = openRecommendation(incident);
  if (!found || (found.result === 'rollback' && isRollbackPlanned(incident))) return undefined;
  const { result } = found;
  return section(
    `*Recommended: ${RESPONSE_NAMES[result]}*${because(found.reasons)}.`,
    `${RESPONSE_MEANINGS[result]}.`,
  );
}

function because(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `, because ${prose(listed(reasons), 800)}`;
}
