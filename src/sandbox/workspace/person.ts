/** A person in the workspace: acts through what they could see in Slack, and waits for what should come into sight. */
import { type Acts, createActs } from './person/acts.ts';
import { createEyes, type Eyes } from './person/eyes.ts';
import { createForms, type Forms } from './person/forms.ts';
import { createSelf } from './person/self.ts';
import type { Slack } from './slack.ts';

/**
 * Channels go by their names, the direct message with the bot by `@` and its name. Controls go by what is written on
 * them (a label or placeholder) or by their action id, and are looked for in the open modal if there is one, else in
 * messages, the newest first. Everything that looks for something waits for it and fails with what was in sight. An act
 * resolves when the app acked, could not be reached or took too long, and throws when Slack refused.
 */
export interface Person extends Acts, Forms, Eyes {
  readonly id: string;
  readonly name: string;
}

const PATIENCE_MS = 5000;

/** The person with that user id. Throws when there is none. `patienceMs` (real time) limits every wait. */
export function createPerson(
  slack: Slack,
  userId: string,
  options: { readonly patienceMs?: number } = {},
): Person {
  const self = createSelf(slack, userId, options.patienceMs ?? PATIENCE_MS);
  return {
    id: userId,
    name: self.name,
    ...createActs(self),
    ...createForms(self),
    ...createEyes(self),
  };
}
