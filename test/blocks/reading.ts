/** Reads messages as a person does: the words, and what can be clicked. */

import type { Button, KnownBlock } from '@slack/types';
import { conversation, type DesiredMessage } from '../../src/blocks/conversation.ts';
import type { Incident } from '../../src/incident.ts';
import type { Service } from '../../src/service.ts';
import { aService } from './support.ts';

/** The message under a key. @throws Error when the state does not call for it. */
export function messageOf(
  incident: Incident,
  key: string,
  service: Service = aService(),
): DesiredMessage {
  const found = conversation(incident, service).find((message) => message.key === key);
  if (!found) throw new Error(`There is no message ${key}.`);
  return found;
}

/** All words of a message, with times as they are where Slack does not convert them. */
export function wordsOf({ blocks }: { readonly blocks: readonly KnownBlock[] }): string {
  const lines = blocks.flatMap((block) => {
    if (block.type === 'section') return block.text?.text ?? [];
    if (block.type === 'header') return block.text.text;
    if (block.type !== 'context') return [];
    return block.elements.flatMap((element) => ('text' in element ? (element.text ?? []) : []));
  });
  return lines.join('\n').replaceAll(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1');
}

export function buttonsOf({
  blocks,
}: {
  readonly blocks: readonly KnownBlock[];
}): readonly Button[] {
  return blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.filter((element) => element.type === 'button') : [],
  );
}

/** The labels of the buttons; the expected one with a star. */
export function labelsOf(message: { readonly blocks: readonly KnownBlock[] }): readonly string[] {
  return buttonsOf(message).map(({ text, style }) =>
    style === 'primary' ? `${text.text}*` : text.text,
  );
}
