/** Views as the app sends them and as the Web API and the payloads show them. */
import { fillIn } from './block-rules/fill-in.ts';
import { checkView, isTooLarge } from './block-rules/views.ts';
import { stateValues } from './input-values.ts';
import { asList, asObject, asText, type Json } from './json.ts';
import { SlackError } from './model.ts';
import type { Slack } from './slack.ts';
import type { ViewBody, ViewRecord } from './view-record.ts';

/** Checks and completes a view. Throws view_too_large, and invalid_arguments with each complaint in its messages. */
export function readView(source: unknown, type: ViewRecord['type']): ViewBody {
  if (isTooLarge(source)) throw new SlackError('view_too_large');
  const problems = checkView(source, type);
  if (problems.length > 0) throw invalidArguments(problems);
  const view = asObject(source) ?? {};
  return {
    callbackId: asText(view['callback_id']) ?? '',
    privateMetadata: asText(view['private_metadata']) ?? '',
    externalId: asText(view['external_id']) ?? '',
    title: asObject(view['title']) ?? null,
    submit: asObject(view['submit']) ?? null,
    close: asObject(view['close']) ?? null,
    clearOnClose: view['clear_on_close'] === true,
    notifyOnClose: view['notify_on_close'] === true,
    blocks: fillIn(asList(view['blocks'])),
  };
}

function invalidArguments(problems: readonly string[]): SlackError {
  const messages = problems.map((problem) => `[ERROR] ${problem}`);
  return new SlackError('invalid_arguments', { response_metadata: { messages } });
}

/** A view with its id, hash and the values of its inputs; a copy that later changes do not reach. */
export function viewJson(slack: Slack, view: ViewRecord): Json {
  const { state } = slack;
  const { body } = view;
  const shown = {
    id: view.id,
    team_id: state.teamId,
    type: view.type,
    blocks: body.blocks,
    private_metadata: body.privateMetadata,
    callback_id: body.callbackId,
    state: { values: stateValues(view.values) },
    hash: view.hash,
    title: body.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: body.clearOnClose,
    notify_on_close: body.notifyOnClose,
    close: body.close,
    submit: body.submit,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: state.appId,
    external_id: body.externalId,
    app_installed_team_id: state.teamId,
    bot_id: state.botId,
  };
  return structuredClone(shown);
}
