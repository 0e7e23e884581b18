/** The text, blocks and attachments of a message the app sends, checked as Slack checks them. */
import { checkBlocks } from './block-rules/blocks.ts';
import { fillIn } from './block-rules/fill-in.ts';
import { asObjects, asText, type Json } from './json.ts';
import { type Block, SlackError } from './model.ts';

export interface Content {
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly Json[];
}

/**
 * Reads what a message says. Throws no_text without any content, msg_too_long over `maxText` characters and
 * invalid_blocks with a complaint for each problem in `response_metadata.messages`.
 */
export function readText(source: Json, limits: { readonly maxText: number }): Content {
  const text = asText(source['text']) ?? '';
  const blocks = readBlocks(source['blocks']);
  const attachments = asObjects(source['attachments']);
  if (text === '' && !blocks && attachments.length === 0) throw new SlackError('no_text');
  if (text.length > limits.maxText) throw new SlackError('msg_too_long');
  for (const [index, attachment] of attachments.entries()) {
    refuse(attachment['blocks'], `/attachments/${index}/blocks`);
  }
  return {
    text,
    ...(blocks ? { blocks } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
  };
}

function readBlocks(blocks: unknown): readonly Block[] | undefined {
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new SlackError('invalid_blocks_format');
  refuse(blocks, '/blocks');
  return blocks.length > 0 ? fillIn(blocks) : undefined;
}

function refuse(blocks: unknown, at: string): void {
  if (blocks === undefined) return;
  const problems = checkBlocks(blocks, 'message', at);
  if (problems.length === 0) return;
  const messages = problems.map((problem) => `[ERROR] ${problem}`);
  throw new SlackError('invalid_blocks', { errors: problems, response_metadata: { messages } });
}
