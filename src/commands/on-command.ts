import type { Reply } from '../blocks/message.ts';
import { type After, answered, answerTo, type Desk, personOf, type Request } from './desk.ts';

/** What was typed, and where. */
export interface Typed {
  /** The words after the command. */
  readonly text: string;
  readonly channel: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/**
 * What comes of a command: a reply that goes back with the acknowledgement, and what is to be done after it. Whatever
 * the command decided is in the journal by then.
 */
export interface Outcome {
  readonly reply?: Reply;
  readonly after?: After;
}

/** Listens for a slash command. A refusal is the reply, and only the person who typed sees it. */
export function onCommand(
  desk: Desk,
  command: `/${string}`,
  work: (request: Request, typed: Typed) => Promise<Outcome>,
): void {
  desk.app.command(command, async ({ ack, body }) => {
    const request: Request = {
      actor: personOf(desk, body.user_id),
      delivery: body.trigger_id,
      answer: answerTo(desk, body.response_url),
    };
    const typed: Typed = {
      text: body.text.trim(),
      channel: body.channel_id,
      triggerId: body.trigger_id,
      responseUrl: body.response_url,
    };
    await answered(
      desk,
      request,
      () => work(request, typed),
      (outcome) => (outcome?.reply ? ack({ response_type: 'ephemeral', ...outcome.reply }) : ack()),
      (outcome) => outcome.after?.(),
    );
  });
}
