/**
 * What a post-mortem's sections are written with: one pen for Markdown, one for HTML. `Marked` is text of that format;
 * whatever people or outside systems wrote goes through `text` first.
 */

import type { Times } from './times.ts';

export type Marked = string;

export interface Pen {
  /** Words on one line, shown as they are whatever is in them. */
  readonly text: (raw: string) => Marked;
  readonly strong: (marked: Marked) => Marked;
  readonly emphasis: (marked: Marked) => Marked;
  /** A name a machine gave, such as a commit or a branch. */
  readonly code: (raw: string) => Marked;
  /** A link, when the address is one of the web; else only its label. */
  readonly link: (label: string, address: string | undefined) => Marked;
  readonly paragraph: (marked: Marked) => Marked;
  /** Text of several lines, kept. */
  readonly quote: (raw: string) => Marked;
  /** What a program printed: folded away where that can be, else only said to be there. */
  readonly printed: (of: Marked, text: string) => Marked;
  readonly bullets: (items: readonly Marked[]) => Marked;
  /** Things to tick. */
  readonly ticks: (items: readonly Marked[]) => Marked;
  /** Without rows there is no table. */
  readonly table: (head: readonly Marked[], rows: readonly (readonly Marked[])[]) => Marked;
  /** A part under a heading; `title` is raw text. */
  readonly section: (title: string, ...parts: readonly Marked[]) => Marked;
  readonly subsection: (title: string, ...parts: readonly Marked[]) => Marked;
  /** The parts that are not empty, one after the other. */
  readonly blocks: (...parts: readonly Marked[]) => Marked;
}

/** What sections are written with. */
export interface Writing {
  readonly pen: Pen;
  readonly times: Times;
}
