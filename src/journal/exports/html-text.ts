/** The small grammar of the HTML export. Everything that people or outside systems wrote goes through `html`. */

import type { Marked, Pen } from './pen.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Most texts: ASCII in which nothing means anything to HTML. */
const PLAIN = /^[\n\t\x20\x21\x23-\x25\x28-\x3b\x3d\x3f-\x7e]*$/;

/** Text in an element or a quoted attribute, shown as it is; control characters are dropped. */
export function html(text: string): Marked {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/[^\P{Cc}\n\t]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}

/** An element's id, from a title of Backstop's own. */
export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A table that scrolls by itself where it is wider than the page; `kind` is its class. */
export function table(
  head: readonly Marked[],
  rows: readonly (readonly Marked[])[],
  kind = 'cards',
): Marked {
  return rows.length === 0 ? '' : [...tableParts(head, rows, kind)].join('');
}

/** The same in parts, whether there are rows or not. */
export function* tableParts(
  head: readonly Marked[],
  rows: Iterable<readonly Marked[]>,
  kind = 'cards',
): Iterable<Marked> {
  const labels = head.map((cell) => `<td data-label="${cell}">`);
  yield `<div class="wide"><table class="${kind}">\n`;
  yield `<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>\n<tbody>\n`;
  for (const row of rows) {
    yield `<tr>${row.map((cell, column) => `${labels[column] ?? '<td>'}${cell}</td>`).join('')}</tr>\n`;
  }
  yield '</tbody></table></div>';
}

/** Writes HTML. */
export const HTML: Pen = {
  text: (raw) => html(/[^\S ]| {2}|^ | $/.test(raw) ? raw.replace(/\s+/g, ' ').trim() : raw),
  strong: (marked) => `<strong>${marked}</strong>`,
  emphasis: (marked) => `<em>${marked}</em>`,
  code: (raw) => `<code>${html(raw)}</code>`,
  link(label, address) {
    if (address === undefined || !URL.canParse(address)) return html(label);
    const { protocol, href } = new URL(address);
    if (protocol !== 'https:' && protocol !== 'http:') return html(label);
    return `<a href="${html(href)}" rel="noreferrer noopener">${html(label)}</a>`;
  },
  paragraph: (marked) => `<p>${marked}</p>`,
  quote: (raw) => `<blockquote><p>${html(raw).replaceAll('\n', '<br>')}</p></blockquote>`,
  printed: (of, text) =>
    `<details><summary>${of}</summary>${HTML.quote(text.replace(/ {2,}/g, spaces))}</details>`,
  bullets: (items) => list(items, ''),
  ticks: (items) => list(items, ' class="ticks"'),
  table: (head, rows) => table(head, rows),
  section: (title, ...parts) => {
    return `<section id="${slug(title)}">\n<h2>${html(title)}</h2>\n${joined(parts)}\n</section>`;
  },
  subsection: (title, ...parts) => `<h3>${html(title)}</h3>\n${joined(parts)}`,
  blocks: (...parts) => joined(parts),
};

/** As wide as they were. */
function spaces(run: string): string {
  return '\u00a0'.repeat(run.length);
}

function list(items: readonly Marked[], attributes: string): Marked {
  if (items.length === 0) return '';
  return `<ul${attributes}>\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`;
}

function joined(parts: readonly Marked[]): Marked {
  return parts.filter((part) => part !== '').join('\n');
}
