import { Refusal } from '../errors.ts';
import type { CapturedMessage, Event } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { DeclareFlow } from '../loop.ts';
import type { Service } from '../service.ts';
import { clipped } from './capture.ts';

export interface Declaration {
  readonly title: string;
  readonly summary: string;
  readonly service: Service | undefined;
  readonly environment: string;
  readonly private?: boolean;
  readonly drill?: boolean;
  /** The group of alerts that it is declared for; only one incident is. */
  readonly alert?: string | undefined;
  /** The message that it was declared from, with its thread. */
  readonly messages?: readonly Omit<CapturedMessage, 'via'>[] | undefined;
  /** What of that thread is not among them, as a line of the timeline. */
  readonly notKept?: string | undefined;
}

export const TITLE_LIMIT = 150;
export const SUMMARY_LIMIT = 3000;

/** Declares an incident for a service and environment of the catalogue. */
export function declareIncident(declaration: Declaration): DeclareFlow {
  return (id, { incidents }): readonly Event[] => {
    const { service, environment, messages = [], alert, notKept } = declaration;
    requireUndeclared(alert, incidents);
    const title = declaration.title.trim();
    if (title === '') {
      throw new Refusal('invalid-input', 'Say in a few words what you see.', 'title');
    }
    if (title.length > TITLE_LIMIT) {
      throw new Refusal(
        'invalid-input',
        `Keep it under ${TITLE_LIMIT} characters; the details go below.`,
        'title',
      );
    }
    if (declaration.summary.length > SUMMARY_LIMIT) {
      throw new Refusal('invalid-input', `Keep it under ${SUMMARY_LIMIT} characters.`, 'summary');
    }
    if (!service) {
      throw new Refusal('not-found', 'Choose one of the services in the list.', 'service');
    }
    if (!Object.hasOwn(service.environments, environment)) {
      const known = Object.keys(service.environments).join(', ');
      throw new Refusal(
        'not-found',
        `Choose one of the environments of ${service.name}: ${known}.`,
        'environment',
      );
    }
    if (declaration.drill && service.environments[environment]?.drills !== true) {
      throw new Refusal(
        'forbidden',
        `${service.name} ${environment} is not meant for drills; practise on one that has drills: true in backstop.yaml, never on production.`,
        'environment',
      );
    }
    const summary = declaration.summary.trim();
    return [
      {
        type: 'incident.declared',
        data: {
          id,
          title,
          summary,
          service: service.id,
          environment,
          ...(declaration.private ? { private: true } : {}),
          ...(declaration.drill ? { drill: true } : {}),
          ...(alert === undefined ? {} : { alert }),
        },
      },
      ...messages.map(
        (message): Event => ({
          type: 'message.captured',
          data: clipped({ ...message, via: 'shortcut' }),
        }),
      ),
      ...(notKept === undefined ? [] : [{ type: 'note.added', data: { text: notKept } } as const]),
    ];
  };
}

function requireUndeclared(alert: string | undefined, incidents: readonly Incident[]): void {
  if (alert === undefined) return;
  const declared = incidents.find((incident) => incident.alert === alert);
  if (!declared) return;
  const where = declared.channel ? ` Go on in <#${declared.channel.id}>.` : '';
  throw new Refusal(
    'already-done',
    `${declared.id} was declared for these alerts already; nothing was changed.${declared.private ? '' : where}`,
  );
}
