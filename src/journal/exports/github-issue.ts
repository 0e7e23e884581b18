import type { FollowUp } from '../../postmortem/follow-ups.ts';
import type { Postmortem } from '../../postmortem/postmortem.ts';
import { sentence } from '../../timeline/wording.ts';
import { MARKDOWN } from './markdown-text.ts';
import type { Writing } from './pen.ts';
import { redactValues } from './redact-values.ts';
import { channelIn, factHead, factRows, origin, summary } from './sections.ts';
import { createTimes } from './times.ts';

/** GitHub takes 65,536 characters of text and 256 of a title; the rest is for what it adds itself. */
const BODY_LIMIT = 60_000;
const TITLE_LIMIT = 250;

/** An issue's text as GitHub takes it. */
interface IssueText {
  readonly title: string;
  readonly body: string;
}

/**
 * The post-mortem as a GitHub issue: what happened in short, and the follow-ups as a task list. Nobody is mentioned and no other issue
 * referred to by what people wrote.
 */
export function writeGithubIssue(postmortem: Postmortem): IssueText & {
  /** The issue of a follow-up that people agreed on, under the one at `parent`; undefined for one that the document does not have. */
  readonly followUp: (task: string, parent: string) => IssueText | undefined;
} {
  // Where it is itself, it need not say.
  const { issue: _itself, ...rest } = redactValues(postmortem, withoutReferences);
  const quiet: Postmortem = rest;
  const pen = MARKDOWN;
  const writing = { pen, times: createTimes(quiet.zone, quiet.declared.at) };
  const tasks = quiet.followUps.map((each) => task(each, writing));
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
  return {
    title: title.slice(0, TITLE_LIMIT),
    body: body.slice(0, BODY_LIMIT),
    followUp(id, parent) {
      const found = quiet.followUps.find((each) => each.id === id);
      return found && followUpIssue(quiet, { ...found, id }, parent, writing);
    },
  };
}

function task({ what, because, owner, due, done, ticket }: FollowUp, writing: Writing): string {
  const { pen, times } = writing;
  const who = owner === undefined ? '' : ` (${pen.text(owner)})`;
  const until = due === undefined ? '' : `, by ${times.both(due)}`;
  const issue = ticket === undefined ? '' : ` ${pen.link('Its issue', ticket)}.`;
  return `- [${done === undefined ? ' ' : 'x'}] ${pen.text(what)}${who}${until}. ${pen.text(sentence(because))}${issue}`;
}

/** Its text leads back to the post-mortem and to the channel, also where GitHub knows no sub-issues. */
function followUpIssue(
  postmortem: Postmortem,
  { id, what, because, owner, due }: FollowUp & { readonly id: string },
  parent: string,
  writing: Writing,
): IssueText {
  const { pen, times } = writing;
  const channel = channelIn(postmortem, writing);
  const facts = [
    `Follow-up ${id} of the post-mortem ${parent}.`,
    pen.text(sentence(because)),
    ...(owner === undefined ? [] : [`Owner: ${pen.text(owner)}.`]),
    ...(due === undefined ? [] : [`Due: ${times.both(due)}.`]),
    ...(channel === '' ? [] : [`Slack channel: ${channel}.`]),
  ];
  const title = `${postmortem.id} ${id}: ${what.replace(/\s+/g, ' ')}`;
  return {
    title: title.slice(0, TITLE_LIMIT),
    body: pen.blocks(pen.paragraph(pen.text(what)), pen.bullets(facts)).slice(0, BODY_LIMIT),
  };
}

/** GitHub makes `@name`, `#12` and `owner/name#12` of what looks like it; a word joiner keeps it words. */
function withoutReferences(text: string): string {
  return text.replace(/[@#](?=\w)/g, '$&\u2060').replace(/\bGH-(?=\d)/gi, '$&\u2060');
}
