/** The canvas of an incident's channel: made once, written anew afterwards. */

import type { WebClient } from '@slack/web-api';
import { OutsideError, Refusal } from '../errors.ts';
import { type CallContext, callSlack, slackCode } from './call.ts';

export interface CanvasText {
  readonly title: string;
  readonly markdown: string;
  /** Words in it by which it is known for this incident's. */
  readonly mark: string;
}

/**
 * Writes the canvas, and returns its id.
 * @param known the id of the canvas as it was recorded, if it was made before.
 * @throws Refusal when the channel has a canvas of somebody else's; OutsideError otherwise.
 */
export async function postCanvas(
  client: WebClient,
  context: CallContext,
  channel: { readonly id: string; readonly name: string },
  { title, markdown, mark }: CanvasText,
  known: string | undefined,
): Promise<string> {
  const on = `#${channel.name}`;
  const document_content = { type: 'markdown' as const, markdown };

  async function rewrite(canvas: string): Promise<string> {
    // The whole document: twice is the same as once.
    const detail = { method: 'canvases.edit', attempted: 'write the canvas', on, repeatable: true };
    await callSlack(detail, context, () =>
      client.canvases.edit({
        canvas_id: canvas,
        changes: [{ operation: 'replace', document_content }],
      }),
    );
    return canvas;
  }

  async function create(): Promise<string> {
    const detail = {
      method: 'conversations.canvases.create',
      attempted: 'make a canvas',
      on,
      repeatable: false,
    };
    const made = await callSlack(detail, context, () =>
      client.conversations.canvases.create({ channel_id: channel.id, title, document_content }),
    );
    return made.canvas_id ?? '';
  }

  /** The channel's canvas when it is this incident's, of which the answer was lost. */
  async function ours(): Promise<string | undefined> {
    const looking = { attempted: 'look at the canvas', on, repeatable: true };
    const { channel: found } = await callSlack(
      { ...looking, method: 'conversations.info' },
      context,
      () => client.conversations.info({ channel: channel.id }),
    );
    const id = canvasIn(found);
    if (id === undefined) return undefined;
    const { sections = [] } = await callSlack(
      { ...looking, method: 'canvases.sections.lookup' },
      context,
      () => client.canvases.sections.lookup({ canvas_id: id, criteria: { contains_text: mark } }),
    );
    return sections.length > 0 ? id : undefined;
  }

  if (known !== undefined) {
    try {
      return await rewrite(known);
    } catch (error) {
      // Somebody deleted it: a new one is made.
      if (slackCode(error) !== 'canvas_not_found') throw error;
    }
  }
  try {
    return await create();
  } catch (error) {
    const there = slackCode(error) === 'channel_canvas_already_exists';
    const isLost = error instanceof OutsideError && error.detail.kind === 'ambiguous';
    if (!there && !isLost) throw asRefusal(error);
    const found = await ours();
    if (found !== undefined) return rewrite(found);
    if (!there) throw error;
    throw new Refusal(
      'not-possible',
      `${on} has a canvas that Backstop did not write, and it stays as it is. Delete it, or take the files of /postmortem.`,
    );
  }
}

/** Where the workspace has no canvases, there are files. */
function asRefusal(error: unknown): unknown {
  const code = slackCode(error) ?? '';
  return /^(canvas_disabled|team_tier_cannot|free_team)/.test(code)
    ? new Refusal(
        'not-possible',
        `This workspace makes no canvases (${code}). Take the files of /postmortem.`,
      )
    : error;
}

/** Slack's types leave the properties of a channel out. */
function canvasIn(channel: object | undefined): string | undefined {
  const { properties } = (channel ?? {}) as {
    readonly properties?: { readonly canvas?: { readonly file_id?: string } };
  };
  return properties?.canvas?.file_id;
}
