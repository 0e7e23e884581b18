import type { ViewName } from '../blocks/actions.ts';
import { fieldsOf, type Metadata, readMetadata } from '../blocks/metadata.ts';
import { Refusal } from '../errors.ts';
import {
  type After,
  answerTo,
  type Desk,
  failureWords,
  personOf,
  type Request,
  requireIncident,
} from './desk.ts';

/** A submitted modal about an incident. */
export interface Submission extends Request {
  readonly metadata: Metadata;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Listens for a submitted modal. A refusal shows under the field it names, so nothing that was typed is lost; `work`
 * returns what is to be done after the modal has closed.
 */
export function onSubmit(
  desk: Desk,
  view: ViewName,
  work: (submission: Submission) => Promise<After | undefined>,
): void {
  desk.switchboard.submit(view, async ({ ack, body }) => {
    const metadata = readMetadata(body.view.private_metadata);
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: `${body.view.id} ${body.view.hash}`,
      answer: answerTo(desk, metadata.responseUrl),
    };
    let after: After | undefined;
    try {
      // It may be of a private incident that the person was in when the form opened.
      if (metadata.incident !== undefined) {
        requireIncident(desk, metadata.incident, body.user.id);
      }
      const fields = fieldsOf(body.view.state.values);
      after = await work({ ...request, metadata, fields });
    } catch (error) {
      if (!(error instanceof Refusal)) desk.onError(error);
      const inputs = body.view.blocks.flatMap((block) =>
        block.type === 'input' && block.block_id ? [block.block_id] : [],
      );
      const words = error instanceof Refusal ? error.message : failureWords(error);
      const field =
        error instanceof Refusal && inputs.includes(error.field ?? '') ? error.field : inputs[0];
      await ack({ response_action: 'errors', errors: { [field ?? '']: plainWords(desk, words) } });
      return;
    }
    await ack();
    await after?.();
  });
}

/** Modal errors are plain text: mentions become names, times what stands for them, markup goes. */
function plainWords(desk: Desk, text: string): string {
  return text
    .replaceAll(/<@(\w+)>/g, (_all, id: string) => desk.directory.knownName(id) ?? 'somebody else')
    .replaceAll(/<!subteam\^\w+>/g, 'the approvers')
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/[*`]/g, '');
}
