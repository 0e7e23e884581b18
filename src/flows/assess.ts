import { assess, optionOf, QUESTIONS, type QuestionId } from '../assessment.ts';
import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { requireOpen } from './guards.ts';

/** Answers the assessment's current question. An answer to a question already answered is refused, not overwritten. */
export function answerQuestion(question: string, answer: string): Flow {
  return (incident): readonly Event[] => {
    requireOpen(incident);
    const asked = QUESTIONS.find((q) => q.id === question);
    if (!asked || !optionOf(question, answer)) {
      throw new Refusal(
        'invalid-input',
        'That is not an answer to this question. Choose one that the card offers.',
      );
    }
    const given = incident.answers[asked.id];
    if (given !== undefined) {
      const label = optionOf(question, given)?.label ?? given;
      throw new Refusal(
        'already-done',
        `"${asked.text}" was answered already: ${label}. To change it, use *Start over* on the card.`,
      );
    }
    const answered = { type: 'assessment.answered', data: { question: asked.id, answer } } as const;
    return [answered, ...severityFrom(incident, asked.id, answer)];
  };
}

/** Clears the answers so that the responders can answer again; the old answers stay in the timeline. */
export function restartAssessment(): Flow {
  return (incident): readonly Event[] => {
    requireOpen(incident);
    if (Object.keys(incident.answers).length === 0) {
      throw new Refusal(
        'already-done',
        'The assessment is at its first question already. Answer it on the card.',
      );
    }
    if (incident.response) {
      throw new Refusal(
        'not-possible',
        'The response is decided already. The incident commander can choose another one on the card.',
      );
    }
    return [{ type: 'assessment.restarted', data: {} }];
  };
}

/** Sets the severity as soon as the answers settle it, and again when a later answer raises or lowers it; never over a person's override. */
function severityFrom(incident: Incident, question: QuestionId, answer: string): readonly Event[] {
  const { severity } = assess({ ...incident.answers, [question]: answer });
  if (!severity || incident.severity?.override !== undefined) return [];
  if (incident.severity?.is === severity.result) return [];
  return [{ type: 'severity.set', data: { severity: severity.result, reasons: severity.reasons } }];
}
