/** What Slack does with the ack of a view_submission (docs.slack.dev/surfaces/modals#updating_views). */
import type { Ack } from './app-link.ts';
import { asObject, asText, type Json } from './json.ts';
import { SlackError } from './model.ts';
import type { Slack } from './slack.ts';
import type { ViewRecord } from './view-record.ts';
import { closeModals, pushByAck, updateView } from './views.ts';

/** An ack of a submission; `errors` are the complaints shown under the inputs, by block_id. */
export interface SubmissionAck extends Ack {
  readonly errors?: Readonly<Record<string, string>>;
}

/** Closes, updates or pushes as the ack asks; an answer Slack would refuse leaves the modal open, with status `error`. */
export function answerSubmission(slack: Slack, view: ViewRecord, ack: Ack): SubmissionAck {
  const body = asObject(ack.body) ?? {};
  const action = body['response_action'];
  if (action === 'errors') return fieldErrors(view, ack, asObject(body['errors']) ?? {});
  return refused(ack, () => {
    if (action === 'update') updateView(slack, view, body['view']);
    else if (action === 'push') pushByAck(slack, view.user, body['view']);
    else if (action === undefined || action === 'clear') {
      closeModals(slack, view, { all: action === 'clear' });
    } else throw new SlackError('invalid_response_action');
  });
}

function fieldErrors(view: ViewRecord, ack: Ack, errors: Json): SubmissionAck {
  const inputs = new Set(
    view.body.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : [])),
  );
  const stray = Object.keys(errors).find((blockId) => !inputs.has(blockId));
  const detail = `response_action errors names ${stray}, which is no input block of the view`;
  if (stray !== undefined) return { ...ack, status: 'error', detail };
  const texts = Object.entries(errors).map(([blockId, text]) => [blockId, asText(text) ?? '']);
  return { ...ack, errors: Object.fromEntries(texts) as Record<string, string> };
}

/** Applies what the app answered; a refusal by Slack becomes status `error` with its code. */
export function refused(ack: Ack, apply: () => void): Ack {
  try {
    apply();
    return ack;
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    const why = JSON.stringify(error.extra);
    return { ...ack, status: 'error', detail: `${error.code} ${why}` };
  }
}
