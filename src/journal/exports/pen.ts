/**
 * What a post-mortem's sections are written with: one pen for Markdown, one for HTML. `Marked` is text of that format;
 * whatever people or outside systems wrote goes through `text` first.
 */

import type { Times } from './times.ts';

export type Marked = string;

export interface Pen {
  /** Words on one line, shown as they are whatever is in them. */
  text(raw: string): Marked;
  strong(marked: Marked): Marked;
  emphasis(marked: Marked): Marked;
  /** A name a machine gave, such as a commit or a branch. */
  code(raw: string): Marked;
  /** A link, when the address is one of the web; else only its label. */
  link(label: string, address: string | undefined): Marked;
  paragraph(marked: Marked): Marked;
  /** Text of several lines, kept. */
  quote(raw: string): Marked;
  bullets(items: readonly Marked[]): Marked;
  /** Things to tick. */
  ticks(items: readonly Marked[]): Marked;
  /** Without rows there is no table. */
  table(head: readonly Marked[], rows: readonly (readonly Marked[])[]): Marked;
  /** A part under a heading; `title` is raw text. */
  section(title: string, ...parts: readonly Marked[]): Marked;
  subsection(title: string, ...parts: readonly Marked[]): Marked;
  /** The parts that are not empty, one after the other. */
  blocks(...parts: readonly Marked[]): Marked;
}

/** What sections are written with. */
export interface Writing {
  readonly pen: Pen;
  readonly times: Times;
}
