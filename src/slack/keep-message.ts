/** Keeps a message of an incident as it should be: posted once, edited in place, posted again when somebody deleted it. */

import type { DesiredMessage } from '../blocks/conversation.ts';
import type { Incident } from '../incident.ts';
import { edit, findPosted, type MessageContext, pin, post } from './messages.ts';
import type { NoteBook, Posted } from './posted.ts';

/** What is known of an incident's messages only while the process lives. */
export interface MessageMemory {
  /** Content last sent, by key. */
  readonly sent: Map<string, string>;
  /** By `ts`. */
  readonly pinned: Set<string>;
  /** Channels in which we know of all that we posted: by our notes, or because their history was looked at. */
  readonly known: Set<string>;
}

export interface Keeper {
  readonly context: MessageContext;
  readonly book: NoteBook;
  readonly memory: MessageMemory;
}

/**
 * Posts and edits as far as it is necessary. Nothing is posted that may be there already: after a crash or a lost
 * answer the channel's history is looked at first.
 * @throws OutsideError; it is then to be tried again.
 */
export async function keepMessage(
  keeper: Keeper,
  incident: Pick<Incident, 'id'>,
  place: string,
  message: DesiredMessage,
): Promise<void> {
  const { memory } = keeper;
  const { key } = message;
  const content = JSON.stringify([message.text, message.blocks]);
  const before = noteOf(keeper, incident, key);
  if (!before || memory.sent.get(key) !== content) {
    if (!(await edited(keeper, incident, message))) {
      await takeStock(keeper, incident, place);
      const found = noteOf(keeper, incident, key) !== before;
      if (!(found && (await edited(keeper, incident, message)))) {
        await postAnew(keeper, incident, place, message);
      }
    }
    memory.sent.set(key, content);
  }
}

/** Pins the messages that are to be pinned and have been posted. @throws OutsideError; it is then to be tried again. */
export async function keepPinned(
  keeper: Keeper,
  incident: Pick<Incident, 'id'>,
  messages: readonly DesiredMessage[],
): Promise<void> {
  const { context, memory } = keeper;
  for (const { key, pinned } of messages) {
    const posted = noteOf(keeper, incident, key);
    if (!pinned || !posted || memory.pinned.has(posted.ts)) continue;
    await pin(context, posted);
    memory.pinned.add(posted.ts);
  }
}

function noteOf({ book }: Keeper, incident: Pick<Incident, 'id'>, key: string): Posted | undefined {
  return book.of(incident.id).messages[key];
}

/** False when the message was never posted, or is gone. */
async function edited(
  keeper: Keeper,
  incident: Pick<Incident, 'id'>,
  message: DesiredMessage,
): Promise<boolean> {
  const noted = noteOf(keeper, incident, message.key);
  return noted !== undefined && (await edit(keeper.context, noted, message));
}

async function postAnew(
  { context, book, memory }: Keeper,
  incident: Pick<Incident, 'id'>,
  place: string,
  message: DesiredMessage,
): Promise<void> {
  const { key } = message;
  try {
    await book.posted(incident.id, key, await post(context, place, incident.id, key, message));
  } catch (error) {
    // It may have arrived.
    memory.known.delete(place);
    throw error;
  }
}

/** Notes what of ours is in the channel and was not noted. */
async function takeStock(
  keeper: Keeper,
  incident: Pick<Incident, 'id'>,
  place: string,
): Promise<void> {
  const { context, book, memory } = keeper;
  if (memory.known.has(place)) return;
  for (const [key, posted] of await findPosted(context, place, incident.id)) {
    if (!noteOf(keeper, incident, key)) await book.posted(incident.id, key, posted);
  }
  memory.known.add(place);
}
