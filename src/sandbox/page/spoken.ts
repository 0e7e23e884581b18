/** A text of Slack as plain words: for screen readers, notifications and buttons. */

import { withEmoji } from '../workspace/render/emoji.ts';
import type { Reader } from './reader.ts';
import { decoded } from './token.tsx';

/** The text without marks, with names for ids. */
export function spoken(text: string, reader: Reader): string {
  const words = text
    .replaceAll(
      /<@(\w+)[^>]*>/g,
      (_, id: string) => `@${reader.person(id)?.realName ?? 'somebody'}`,
    )
    .replaceAll(/<!subteam\^(\w+)[^>]*>/g, (_, id: string) => `@${reader.groupHandle(id)}`)
    .replaceAll(
      /<#(\w+)[^>]*>/g,
      (_, id: string) => `#${reader.channelName(id) ?? 'private channel'}`,
    )
    .replaceAll(/<[^>|]*\|([^>]*)>/g, '$1')
    .replaceAll(/[*_`~<>]/g, '');
  return withEmoji(decoded(words));
}
