/** Ordinary Markdown, as the `markdown` block takes it, in the form that mrkdwn is shown. */
import { withEmoji } from './emoji.ts';
import { linkText } from './mrkdwn.ts';

/** Headings between `==`, links with their address, no marks for bold and italic. */
export function readMarkdown(source: string): string {
  return source
    .split(/(```[\s\S]*?```)/)
    .map((part) => (part.startsWith('```') ? fenced(part) : prose(part)))
    .join('');
}

function fenced(part: string): string {
  const code = part.replace(/^```[^\n]*\n?/, '').replace(/\n?```$/, '');
  return code
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

function prose(part: string): string {
  return withEmoji(
    part
      .replaceAll(/^#{1,6} +(.+)$/gm, '== $1 ==')
      .replaceAll(/^(\s*)[*+-] +/gm, '$1• ')
      .replaceAll(/!?\[([^\]\n]*)\]\(([^)\s]+)\)/g, (_, label: string, url: string) =>
        linkText(label, url),
      )
      .replaceAll(/\*\*(?=\S)(.+?)\*\*/g, '$1')
      .replaceAll(/(^|[\s(])[*_](?=\S)([^*_\n]+)[*_](?=$|[\s).,:;!?])/gm, '$1$2'),
  );
}
