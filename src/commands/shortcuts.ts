/** The shortcuts of Slack's menus: declare from anywhere or from a message, and put a message into a timeline. */

import type { MessageShortcut } from '@slack/bolt';
import { VIEW } from '../blocks/actions.ts';
import { keepMessageModal } from '../blocks/keep-message.ts';
import { type Metadata, metadataOf } from '../blocks/metadata.ts';
import { Refusal } from '../errors.ts';
import { CAPTURE_LIMIT, keepMessage } from '../flows/capture.ts';
import { type Incident, maySee } from '../incident.ts';
import { openDeclareForm } from './declare-form.ts';
import {
  answered,
  answerTo,
  type Desk,
  decideFor,
  incidentOfChannel,
  personOf,
  type Request,
  requireIncident,
} from './desk.ts';
import { onSubmit } from './on-submit.ts';
import { type FoundMessage, isOutside, keptOf, messageAt } from './read-messages.ts';
import { asTyped } from './typed-words.ts';

/** Their callback ids in manifest.yml. */
export const SHORTCUT = {
  declare: 'declare-incident',
  declareFromMessage: 'declare-from-message',
  keepMessage: 'keep-message',
} as const;

/** As much of a message as travels with a form; Slack gives its metadata 3000 characters. */
const CARRIED = 1200;
const TITLE_LIMIT = 150;

/** Registers the shortcuts, and the form that asks for the incident of a message. */
export function registerShortcuts(desk: Desk): void {
  desk.app.shortcut(
    { type: 'shortcut', callback_id: SHORTCUT.declare },
    async ({ ack, shortcut }) => {
      await ack();
      await openDeclareForm(desk, { triggerId: shortcut.trigger_id, metadata: {} });
    },
  );
  desk.app.shortcut(
    { type: 'message_action', callback_id: SHORTCUT.declareFromMessage },
    async ({ ack, shortcut }) => {
      const open = (): Promise<void> => declareFrom(desk, shortcut);
      await answered(
        desk,
        requestOf(desk, shortcut),
        open,
        () => ack(),
        () => undefined,
      );
    },
  );
  desk.app.shortcut(
    { type: 'message_action', callback_id: SHORTCUT.keepMessage },
    async ({ ack, shortcut }) => {
      const request = requestOf(desk, shortcut);
      await answered(
        desk,
        request,
        () => keep(desk, request, shortcut),
        () => ack(),
        (incident) => (incident ? tellKept(request, incident) : undefined),
      );
    },
  );
  onSubmit(desk, VIEW.keepMessage, async (submission) => {
    const { metadata, fields } = submission;
    const incident = requireIncident(desk, fields['incident'], submission.actor.id);
    const { message } = metadata;
    if (!message) throw new Refusal('out-of-date', 'Use the shortcut on the message once more.');
    const { channel, ts, text, author } = message;
    // The form carries the beginning only; where Slack does not give the rest, that has to do.
    let isHeard = true;
    const found = await messageAt(desk, channel, ts).catch((error: unknown) => {
      isHeard = !isOutside(error);
      return undefined;
    });
    const sent = { channel, ts, text, ...(author === undefined ? {} : { author }) };
    const kept = found ? keptOf(channel, found) : sent;
    await decideFor(desk, submission, incident.id, keepMessage({ ...kept, via: 'shortcut' }));
    return () => tellKept(submission, incident, isHeard ? undefined : channel);
  });
}

async function declareFrom(desk: Desk, shortcut: MessageShortcut): Promise<void> {
  const text = asTyped(shortcut.message.text ?? '');
  const [first = ''] = text.split('\n');
  await openDeclareForm(desk, {
    triggerId: shortcut.trigger_id,
    title: first.slice(0, TITLE_LIMIT),
    summary: text.slice(0, CAPTURE_LIMIT),
    metadata: carried(shortcut),
  });
}

/** Keeps it at once in the incident's own channel, and asks for the incident elsewhere. */
async function keep(
  desk: Desk,
  request: Request,
  shortcut: MessageShortcut,
): Promise<Incident | undefined> {
  const { channel, message, trigger_id: triggerId } = shortcut;
  const here = incidentOfChannel(desk, channel.id);
  if (here) {
    const kept = keptOf(channel.id, message as FoundMessage);
    await decideFor(desk, request, here.id, keepMessage({ ...kept, via: 'shortcut' }));
    return here;
  }
  const known = desk.loop
    .incidents()
    .filter(
      (incident) =>
        incident.status !== 'closed' && !incident.imported && maySee(incident, request.actor.id),
    );
  if (known.length === 0) {
    throw new Refusal(
      'not-possible',
      'There is no open incident that you can see. *Declare an incident* in the same menu starts one from this message.',
    );
  }
  const view = keepMessageModal(known.toReversed(), metadataOf(carried(shortcut)));
  await desk.client.views.open({ trigger_id: triggerId, view });
  return undefined;
}

function carried({ channel, message, response_url: responseUrl }: MessageShortcut): Metadata {
  const thread: unknown = message['thread_ts'];
  return {
    responseUrl,
    message: {
      channel: channel.id,
      ts: message.ts,
      text: (message.text ?? '').slice(0, CARRIED),
      ...(message.user ? { author: message.user } : {}),
      ...(typeof thread === 'string' ? { thread } : {}),
    },
  };
}

function requestOf(desk: Desk, shortcut: MessageShortcut): Request {
  return {
    actor: personOf(desk, shortcut.user.id),
    delivery: shortcut.trigger_id,
    answer: answerTo(desk, shortcut.response_url),
  };
}

/** @param unheard the channel it was written in, where Backstop is not: Slack tells it of no edit or removal there. */
function tellKept(
  { answer }: Pick<Request, 'answer'>,
  { id }: Incident,
  unheard?: string,
): Promise<void> {
  const kept = `The message is in the timeline of ${id} now.`;
  if (unheard === undefined) return answer({ text: kept });
  return answer({
    text: `${kept} It will stay as it is now: Backstop is not in <#${unheard}> and does not see edits or removals there. After \`/invite @Backstop\` it follows later ones.`,
  });
}
