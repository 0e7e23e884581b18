import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';
import type { Service } from '../service.ts';
import { requireOpen } from './guards.ts';

/** Calls the service's emergency contacts into the incident (guide 003, "Emergency Contacts"). */
export function callContacts(service: Service): Flow {
  return (incident): readonly Event[] => {
    requireOpen(incident);
    if (service.contacts.length === 0) {
      throw new Refusal(
        'not-possible',
        `${service.name} has no contacts in backstop.yaml (services.${service.id}.contacts). Add them there; for now, call somebody yourself.`,
      );
    }
    if (incident.contactsCalled) {
      throw new Refusal(
        'already-done',
        `The contacts were called already: ${incident.contactsCalled.contacts.join(', ')}.`,
      );
    }
    const contacts = service.contacts.map((contact) => `${contact.role}: ${contact.name}`);
    return [{ type: 'contacts.called', data: { contacts } }];
  };
}
