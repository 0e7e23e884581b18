import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { DeclareFlow } from '../loop.ts';
import type { Service } from '../service.ts';

export interface Declaration {
  readonly title: string;
  readonly summary: string;
  readonly service: Service | undefined;
  readonly environment: string;
}

export const TITLE_LIMIT = 150;
export const SUMMARY_LIMIT = 3000;

/** Declares an incident for a service and environment of the catalogue. */
export function declareIncident(declaration: Declaration): DeclareFlow {
  return (id): readonly Event[] => {
    const { service, environment } = declaration;
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
    const summary = declaration.summary.trim();
    return [
      {
        type: 'incident.declared',
        data: { id, title, summary, service: service.id, environment },
      },
    ];
  };
}
