/** How people and places are called in a transcript. */
import type { Where, Who } from '../live.ts';
import type { Message } from '../model.ts';
import type { Names } from '../render/names.ts';

/** `#channel`, or `DM Ana` for the direct message of a person with the bot. */
export function placeName(place: Where, names: Names): string {
  return place.kind === 'im' ? `DM ${names.channel(place.id)}` : `#${place.name}`;
}

/** Where, and who is speaking: `#inc-0001  Backstop`, with `(only Ana sees this)` or `(reply)` behind it. */
export function headOf(
  event: { readonly channel: Where; readonly to?: Who; readonly message: Message },
  names: Names,
): string {
  const { message } = event;
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  return [
    placeName(event.channel, names),
    message.user === undefined ? 'Slack' : names.user(message.user),
    ...(event.to ? [`(only ${names.user(event.to.id)} sees this)`] : []),
    ...(isReply ? ['(reply)'] : []),
  ].join('  ');
}

/** `Ana`, `Ana and Ben`, `Ana, Ben and Cleo`. */
export function enumerated(people: readonly string[]): string {
  if (people.length < 2) return people.join('');
  return `${people.slice(0, -1).join(', ')} and ${people.at(-1)}`;
}
