/** The shortcuts of Slack's menus: declare from anywhere, and from a message, which then goes into the timeline. */

import { CAPTURE_LIMIT } from '../flows/capture.ts';
import { openDeclareForm } from './declare-form.ts';
import { answerFailure, answerTo, type Desk, personOf } from './desk.ts';
import { asTyped } from './typed-words.ts';

/** Their callback ids in manifest.yml. */
export const SHORTCUT = {
  declare: 'declare-incident',
  declareFromMessage: 'declare-from-message',
} as const;

/** As much of a message as travels with a form; Slack gives its metadata 3000 characters. */
const CARRIED = 1200;
const TITLE_LIMIT = 150;

/** Registers both shortcuts. */
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
      await ack();
      const { channel, message, response_url: responseUrl } = shortcut;
      const text = asTyped(message.text ?? '');
      const [first = ''] = text.split('\n');
      try {
        await openDeclareForm(desk, {
          triggerId: shortcut.trigger_id,
          title: first.slice(0, TITLE_LIMIT),
          summary: text.slice(0, CAPTURE_LIMIT),
          metadata: {
            responseUrl,
            message: {
              channel: channel.id,
              ts: message.ts,
              text: (message.text ?? '').slice(0, CARRIED),
              ...(message.user ? { author: message.user } : {}),
            },
          },
        });
      } catch (error) {
        const request = {
          actor: personOf(desk, shortcut.user.id),
          delivery: shortcut.trigger_id,
          answer: answerTo(desk, responseUrl),
        };
        await answerFailure(desk, request, error);
      }
    },
  );
}
