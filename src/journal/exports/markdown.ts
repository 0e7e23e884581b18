import { mapped } from '../../lazily.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import { MARKDOWN, tableParts } from './markdown-text.ts';
import { aPlace, around, isEmpty } from './parts.ts';
import type { Writing } from './pen.ts';
import { SEAL_NAME, sealText } from './seal.ts';
import {
  factHead,
  factRows,
  narrowed,
  note,
  origin,
  story,
  summary,
  told,
  withoutEchoes,
} from './sections.ts';
import { createTimes } from './times.ts';

/**
 * The post-mortem as GitHub-flavoured Markdown, for people to finish: what the journal knows is filled in, what only
 * people know is asked. Text that people wrote cannot break a table or become a link or HTML.
 */
export function writeMarkdown(postmortem: ToldPostmortem): string {
  return [...markdownParts(postmortem)].join('');
}

/** The same text in parts. */
export function markdownParts(postmortem: ToldPostmortem): Iterable<string> {
  const pen = MARKDOWN;
  const place = aPlace();
  const writing = { pen, times: createTimes(postmortem.zone, postmortem.declared.at) };
  const id = pen.text(postmortem.id);
  const text = pen.blocks(
    `# Post-mortem ${id}: ${pen.text(postmortem.title)}`,
    pen.table(factHead(postmortem, writing), factRows(postmortem, writing)),
    note(writing),
    pen.section('Summary', summary(postmortem, writing)),
    ...story(postmortem, writing),
    pen.section(
      'Timeline',
      narrowed(postmortem, writing),
      isEmpty(postmortem.timeline) ? '' : place,
    ),
    '---',
    pen.emphasis(origin(postmortem, writing)),
    sealed(postmortem),
  );
  return around(`${text}\n`, place, timeline(postmortem, writing));
}

/** Not shown by any reader of Markdown. */
function sealed(postmortem: ToldPostmortem): string {
  const seal = sealText(postmortem);
  return seal === '' ? '' : `<!-- ${SEAL_NAME} ${seal} -->`;
}

function timeline({ timeline }: ToldPostmortem, writing: Writing): Iterable<string> {
  const { pen, times } = writing;
  const zones = times.isTwofold ? ['UTC', pen.text(times.zone)] : ['UTC'];
  const rows = mapped(withoutEchoes(timeline), (entry) => [
    times.utcCell(entry.at),
    ...(times.isTwofold ? [times.localCell(entry.at)] : []),
    pen.text(entry.who),
    told(entry, writing),
  ]);
  return tableParts([...zones, 'Who', 'What'], rows);
}
