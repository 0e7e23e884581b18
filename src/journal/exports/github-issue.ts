import type { Postmortem } from '../../postmortem/postmortem.ts';
import { sentence } from '../../timeline/wording.ts';
import { MARKDOWN } from './markdown-text.ts';
import { redactValues } from './redact-values.ts';
import { factHead, factRows, origin, summary } from './sections.ts';
import { createTimes } from './times.ts';

/** GitHub takes 65,536 characters; the rest is for what it adds itself. */
const BODY_LIMIT = 60_000;

/**
 * The post-mortem as a GitHub issue: what happened in short, and the follow-ups as a task list, of which each can be made
 * an issue of its own. Nobody is mentioned and no other issue referred to by what people wrote.
 */
export function writeGithubIssue(postmortem: Postmortem): {
  readonly title: string;
  readonly body: string;
} {
  const quiet = redactValues(postmortem, withoutReferences);
  const pen = MARKDOWN;
  const writing = { pen, times: createTimes(quiet.zone, quiet.declared.at) };
  const tasks = quiet.followUps.map(({ what, because, owner, due, done }) => {
    const who = owner === undefined ? '' : ` (${pen.text(owner)})`;
    const until = due === undefined ? '' : `, by ${writing.times.both(due)}`;
    return `- [${done === undefined ? ' ' : 'x'}] ${pen.text(what)}${who}${until}. ${pen.text(sentence(because))}`;
  });
  const room = BODY_LIMIT / 2;
  const shown = tasks.filter((_, index) => tasks.slice(0, index + 1).join('\n').length < room);
  const left = tasks.length - shown.length;
  const body = pen.blocks(
    pen.table(factHead(quiet, writing), factRows(quiet, writing)),
    pen.section('Summary', summary(quiet, writing)),
    pen.section(
      'Follow-ups',
      shown.length > 0 ? shown.join('\n') : 'The record leaves nothing open.',
      left > 0 ? `${left} more are in the export of the incident.` : '',
    ),
    pen.emphasis(origin(quiet, writing)),
  );
  const title = `Post-mortem ${quiet.id}: ${quiet.title.replace(/\s+/g, ' ')}`;
  return { title: title.slice(0, 250), body: body.slice(0, BODY_LIMIT) };
}

/** GitHub makes `@name`, `#12` and `owner/name#12` of what looks like it; a word joiner keeps it words. */
export function withoutReferences(text: string): string {
  return text.replace(/[@#](?=\w)/g, '$&\u2060').replace(/\bGH-(?=\d)/gi, '$&\u2060');
}
