import { assess, RESPONSES, type Response, SEVERITIES, type Severity } from '../assessment.ts';
import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { severityTerm } from '../vocabulary.ts';
import { requireCommander, requireOpen, requireReason } from './guards.ts';

/** The commander confirms what the assessment recommends. */
export function confirmResponse(): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    requireCommander(incident, actor, 'confirm the response');
    const recommended = assess(incident.answers).response;
    if (!recommended) {
      throw new Refusal(
        'not-possible',
        'The assessment has no recommendation yet. Answer its next question, or choose a response yourself.',
      );
    }
    return choose(incident, recommended.result, recommended.reasons, undefined);
  };
}

/** The commander decides otherwise than the assessment recommends, with a reason. */
export function overrideResponse(response: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    requireCommander(incident, actor, 'decide on another response');
    if (!isResponse(response)) {
      throw new Refusal('invalid-input', 'Choose one of the responses in the list.', 'response');
    }
    const why = requireReason(reason);
    return choose(incident, response, [why], why);
  };
}

/** The commander sets another severity than the assessment found, with a reason. */
export function overrideSeverity(severity: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    requireCommander(incident, actor, 'change the severity');
    if (!isSeverity(severity)) {
      throw new Refusal(
        'invalid-input',
        `Choose one of these: ${SEVERITIES.map((id) => severityTerm(id).label).join(', ')}.`,
        'severity',
      );
    }
    if (incident.severity?.is === severity) {
      throw new Refusal(
        'already-done',
        `The severity is ${severityTerm(severity).label} already. Choose another one.`,
        'severity',
      );
    }
    const why = requireReason(reason);
    return [{ type: 'severity.set', data: { severity, reasons: [why], override: why } }];
  };
}

function choose(
  incident: Incident,
  response: Response,
  reasons: readonly string[],
  override: string | undefined,
): readonly Event[] {
  const failed = response === 'quick-fix' && !incident.quickFix && incident.planRefused;
  if (incident.response?.is === response && !failed) {
    throw new Refusal(
      'already-done',
      `The response is ${response.replace('-', ' ')} already; nothing was changed.`,
      'response',
    );
  }
  const chosen: Event = {
    type: 'response.chosen',
    data: { response, reasons, ...(override ? { override } : {}) },
  };
  if (incident.status !== 'investigating') return [chosen];
  return [
    chosen,
    { type: 'status.changed', data: { status: 'identified', reason: 'The response was decided.' } },
  ];
}

function isResponse(value: string): value is Response {
  return (RESPONSES as readonly string[]).includes(value);
}

function isSeverity(value: string): value is Severity {
  return (SEVERITIES as readonly string[]).includes(value);
}
