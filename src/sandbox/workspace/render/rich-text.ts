/** rich_text blocks as lines (docs.slack.dev/reference/block-kit/blocks/rich-text-block). */
import { asObject, asObjects, asText, type Json } from '../json.ts';
import { formatDate } from './dates.ts';
import { withEmoji } from './emoji.ts';
import { linkText } from './mrkdwn.ts';
import { type Page, prefixed, wrap } from './page.ts';

const NUMBERED = 'ordered';
const BULLETS = ['•', '◦', '▪'];

/** The lines of a rich_text block, or of a rich_text_input's value. */
export function richTextLines(block: Json, page: Page): readonly string[] {
  return asObjects(block['elements']).flatMap((element) => partLines(element, page));
}

function partLines(part: Json, page: Page): readonly string[] {
  switch (part['type']) {
    case 'rich_text_list':
      return listLines(part, page);
    case 'rich_text_quote':
      return wrap(
        inlineText(part, page)
          .split('\n')
          .map((line) => `> ${line}`)
          .join('\n'),
        page.width,
      );
    case 'rich_text_preformatted':
      return prefixed(inlineText(part, page).split('\n'), '    ');
    default:
      return wrap(inlineText(part, page).replace(/\n$/, ''), page.width);
  }
}

function listLines(list: Json, page: Page): readonly string[] {
  const depth = Number(list['indent'] ?? 0);
  const first = Number(list['offset'] ?? 0) + 1;
  const bullet = BULLETS[depth % BULLETS.length] ?? '•';
  return asObjects(list['elements']).flatMap((item, index) => {
    const mark = list['style'] === NUMBERED ? `${first + index}.` : bullet;
    return wrap(`${'  '.repeat(depth)}${mark} ${inlineText(item, page)}`, page.width);
  });
}

function inlineText(section: Json, page: Page): string {
  return asObjects(section['elements'])
    .map((element) => styled(element, inlineWords(element, page)))
    .join('');
}

function styled(element: Json, words: string): string {
  const style = asObject(element['style']);
  const struck = style?.['strike'] === true ? `~${words}~` : words;
  return style?.['code'] === true ? `\`${struck}\`` : struck;
}

function inlineWords(element: Json, page: Page): string {
  const field = (name: string): string => asText(element[name]) ?? '';
  switch (element['type']) {
    case 'text':
      return field('text');
    case 'link':
      return linkText(asText(element['text']), field('url'));
    case 'user':
      return `@${page.names.user(field('user_id'))}`;
    case 'channel':
      return `#${page.names.channel(field('channel_id'))}`;
    case 'usergroup':
      return `@${page.names.group(field('usergroup_id'))}`;
    case 'broadcast':
      return `@${field('range')}`;
    case 'emoji':
      return withEmoji(`:${field('name')}:`);
    case 'date': {
      const { timestamp, format, fallback } = element;
      return formatDate(Number(timestamp), String(format), asText(fallback) ?? '', page.now);
    }
    default:
      return field('value');
  }
}
