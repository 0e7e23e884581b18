import { Refusal } from '../errors.ts';
import type { CapturedMessage, Event } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';

/** The most of a message that the timeline keeps. */
export const CAPTURE_LIMIT = 3000;

/** Puts a message into the timeline, once, until the incident is closed. */
export function captureMessage(message: CapturedMessage): Flow {
  return (incident): readonly Event[] => {
    if (incident.status === 'closed' || kept(incident, message)) return [];
    return [{ type: 'message.captured', data: clipped(message) }];
  };
}

/** As `captureMessage`, for somebody who asks for this very message. @throws Refusal when nothing comes of it. */
export function keepMessage(message: CapturedMessage): Flow {
  return (incident, context): readonly Event[] => {
    const { id, status } = incident;
    if (status === 'closed') {
      throw new Refusal(
        'closed',
        `${id} is closed; its timeline is complete. Nothing was changed.`,
      );
    }
    if (kept(incident, message)) {
      throw new Refusal('already-done', `That message is in the timeline of ${id} already.`);
    }
    return captureMessage(message)(incident, context);
  };
}

/** Follows an edit of a message that is in the timeline; nothing for any other. */
export function editMessage(channel: string, ts: string, text: string): Flow {
  return (incident): readonly Event[] => {
    const before = kept(incident, { channel, ts });
    const words = text.slice(0, CAPTURE_LIMIT);
    if (!before || before.text === words) return [];
    return [{ type: 'message.edited', data: { channel, ts, text: words } }];
  };
}

/** Takes a message out of the timeline: its mark is gone, or the message is. */
export function releaseMessage(channel: string, ts: string): Flow {
  return (incident): readonly Event[] =>
    kept(incident, { channel, ts }) ? [{ type: 'message.released', data: { channel, ts } }] : [];
}

/** Follows who leaves a private incident. */
export function recordLeft(user: string): Flow {
  return (incident): readonly Event[] =>
    incident.private && !incident.left.includes(user)
      ? [{ type: 'responder.left', data: { user } }]
      : [];
}

/** As much of a message as the timeline keeps. */
export function clipped(message: CapturedMessage): CapturedMessage {
  return { ...message, text: message.text.slice(0, CAPTURE_LIMIT) };
}

function kept(
  { captured }: Incident,
  { channel, ts }: Pick<CapturedMessage, 'channel' | 'ts'>,
): Incident['captured'][number] | undefined {
  return captured.find((each) => each.channel === channel && each.ts === ts);
}
