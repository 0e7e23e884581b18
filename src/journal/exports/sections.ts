/** The parts of a post-mortem that every format for people has, in their order. */

import { isReleaseId } from '../../incident.ts';
import type { TimelineRecord, ToldPostmortem } from '../../postmortem/postmortem.ts';
import type { PromptId } from '../../postmortem/questions.ts';
import {
  capital,
  listWords,
  RESPONSE_WORDS,
  sentence,
  severityWords,
  statusWords,
} from '../../timeline/wording.ts';
import type { Marked, Pen, Writing } from './pen.ts';
import { actions } from './section-actions.ts';
import { changes } from './section-changes.ts';
import { answers, decisions, durations } from './section-people.ts';
import { playbooks } from './section-playbooks.ts';

/** From what it did to people to what is to be done about it; all but the title, the summary and the timeline. */
export function story(postmortem: ToldPostmortem, writing: Writing): readonly Marked[] {
  const ask = (id: PromptId, known = ''): Marked => prompt(postmortem, writing, id, known);
  return [
    ask('impact', answers(postmortem, writing)),
    ask('detection'),
    durations(postmortem, writing),
    decisions(postmortem, writing),
    actions(postmortem, writing),
    changes(postmortem, writing),
    playbooks(postmortem, writing),
    ask('root-cause'),
    ask('contributing-factors'),
    ask('went-well'),
    ask('went-badly'),
    ask('lucky'),
    ask('lessons'),
    followUps(postmortem, writing),
    prevention(postmortem, writing),
  ];
}

/** What the incident is, one fact a row. */
export function factRows(
  postmortem: ToldPostmortem,
  { pen, times }: Writing,
): readonly (readonly [string, Marked])[] {
  const { id, service, environment, declared, status, severities, decisions, people, playbooks } =
    postmortem;
  const { issue } = postmortem;
  const severity = severities.at(-1);
  const decision = decisions.at(-1);
  const commander = people.roles.findLast(({ role }) => role === 'commander');
  const isOver = status.is === 'resolved' || status.is === 'closed';
  const isRelease = isReleaseId(id);
  const ofIncident = (words: string): string => (isRelease ? '' : words);
  const rows: readonly (readonly [string, Marked])[] = [
    ['Service', `${pen.text(service.title)}, ${pen.text(environment)}`],
    ['Severity', severity ? severityWords(severity.severity) : ofIncident('Not set')],
    ['Status', `${statusWords(status.is)}${isOver ? ',' : ' since'} ${times.both(status.since)}`],
    [
      isRelease ? 'Announced' : 'Declared',
      `${times.both(declared.at)} by ${pen.text(declared.by)}`,
    ],
    ['Outcome', outcomeIn(postmortem, pen)],
    ['Incident commander', commander ? pen.text(commander.name) : ofIncident('Nobody')],
    [
      'Decision',
      decision
        ? capital(RESPONSE_WORDS[decision.response])
        : ofIncident(playbooks.length > 0 ? '' : 'None'),
    ],
    ['Playbook', pen.text(listWords(playbooks.map(({ title }) => title)))],
    ['Private', postmortem.private ? 'Only for those who are in it' : ''],
    ['Channel', channelIn(postmortem, { pen })],
    ['Issue', issue === undefined ? '' : pen.link(issueWords(issue), issue)],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** Of a release that was rolled back in its own channel; its status says only that it has ended. */
function outcomeIn({ id, runs }: ToldPostmortem, pen: Pen): Marked {
  const back = runs.findLast(({ kind, outcome }) => kind === 'rollback' && outcome === 'recovered');
  return isReleaseId(id) && back ? `Rolled back by run ${pen.text(back.id)}` : '';
}

/** The head of the facts: what it is, and its id. */
export function factHead({ id }: ToldPostmortem, { pen }: Writing): readonly [string, Marked] {
  return [isReleaseId(id) ? 'Release' : 'Incident', pen.text(id)];
}

/** The channel, as a link where its address is known; empty where there is none. */
export function channelIn(
  { channel, channelUrl }: ToldPostmortem,
  { pen }: Pick<Writing, 'pen'>,
): Marked {
  return channel === undefined ? '' : pen.link(`#${channel}`, channelUrl);
}

/** `acme/checkout#12`. */
function issueWords(url: string): string {
  return url.replace(/^.*?([^/]+\/[^/]+)\/issues\/(\d+)$/, '$1#$2');
}

/** How to read the times, and what is still to be filled in. */
export function note({ pen, times }: Writing): Marked {
  const { isTwofold, zone, day, localDay } = times;
  const zones = isTwofold ? `UTC, then ${pen.text(zone)}` : 'UTC';
  const days =
    isTwofold && day !== localDay ? `${day} (UTC) and ${localDay} (${pen.text(zone)})` : day;
  return pen.paragraph(
    pen.emphasis(
      `Times are ${zones}; in tables, those without a date are of ${days}. What is marked “To fill in” only people can know.`,
    ),
  );
}

/** The story in sentences, and the words of whoever declared it. */
export function summary(postmortem: ToldPostmortem, { pen }: Writing): Marked {
  const { reported, declared } = postmortem;
  return pen.blocks(
    pen.bullets(postmortem.summary.map(pen.text)),
    ...(reported === ''
      ? []
      : [pen.paragraph(`As ${pen.text(declared.by)} reported it:`), pen.quote(reported)]),
  );
}

function prompt(
  { prompts }: ToldPostmortem,
  { pen }: Writing,
  id: PromptId,
  known: Marked,
): Marked {
  const found = prompts.find((one) => one.id === id);
  if (!found) return known;
  const questions = found.questions.map(
    (question) => `${pen.strong(pen.text(question))} ${pen.emphasis('To fill in.')}`,
  );
  const says = (found.known ?? []).map(pen.text);
  return known === ''
    ? pen.section(found.title, pen.bullets([...says, ...questions]))
    : pen.section(found.title, pen.bullets(says), known, pen.bullets(questions));
}

function followUps({ followUps }: ToldPostmortem, { pen, times }: Writing): Marked {
  const suggested = followUps.map(({ what, because, owner = '', due, ticket, done }) => [
    done === undefined ? pen.text(what) : `Done: ${pen.text(what)}`,
    pen.text(sentence(because)),
    pen.text(owner),
    due === undefined ? '' : times.both(due),
    ticket === undefined ? '' : pen.link('issue', ticket),
  ]);
  const empty = ['', '', '', '', ''];
  return pen.section(
    'Follow-ups',
    pen.paragraph(
      suggested.length > 0
        ? 'What the record leaves open, and room for more. Each needs an owner and a date.'
        : 'The record leaves nothing open. Each follow-up needs an owner and a date.',
    ),
    pen.table(['What', 'Because', 'Owner', 'Due', 'Ticket'], [...suggested, empty, empty]),
  );
}

function prevention({ prevention }: ToldPostmortem, { pen }: Writing): Marked {
  return pen.section(
    'Prevention checklist',
    pen.paragraph(
      'Tick what was in place. What was not is a follow-up, or a decision to write down.',
    ),
    ...prevention.map(({ title, items }) => pen.subsection(title, pen.ticks(items.map(pen.text)))),
  );
}

const TURNING_POINTS: readonly TimelineRecord['kind'][] = [
  'incident',
  'severity',
  'decision',
  'status',
];

/** Whether an entry is one that a reader looks for first. */
export function isTurningPoint({ kind, what }: TimelineRecord): boolean {
  return TURNING_POINTS.includes(kind) || what.startsWith('Broke the glass');
}

/** What an entry tells, with its reason, and what people added to it. */
export function told(entry: TimelineRecord, { pen, times }: Writing): Marked {
  const { what, why, through, times: count } = entry;
  const said = isTurningPoint(entry) ? pen.strong(pen.text(what)) : pen.text(what);
  const because = why ? ` ${pen.emphasis('Why:')} ${pen.text(sentence(capital(why)))}` : '';
  const until =
    through && count !== undefined
      ? ` ${pen.emphasis(`${count} times, until ${times.utcCell(through.at)} UTC.`)}`
      : '';
  const { notes, corrected, added } = entry;
  const later = notes || corrected || added ? afterwards(entry, { pen, times }) : '';
  return `${said}${because}${until}${later}`;
}

/** Without the reasons that the entry before has given already, word for word. */
export function withoutEchoes(timeline: Iterable<TimelineRecord>): Iterable<TimelineRecord> {
  return {
    *[Symbol.iterator]() {
      let before: string | undefined;
      for (const entry of timeline) {
        const { why, ...rest } = entry;
        yield why !== undefined && why === before ? rest : entry;
        before = why;
      }
    },
  };
}

/** What people put right in the timeline after it was recorded. */
function afterwards(
  { notes = [], corrected, added }: TimelineRecord,
  { pen, times }: Writing,
): Marked {
  const facts = [
    ...(corrected
      ? [
          `${pen.emphasis('Time corrected')} by ${pen.text(corrected.by)}, recorded at ${times.utcCell(corrected.from)} UTC: ${pen.text(sentence(corrected.why))}`,
        ]
      : []),
    ...(added ? [`${pen.emphasis('Added afterwards')}, ${times.utcCell(added.at)} UTC.`] : []),
    ...notes.map(({ by, text }) => {
      return `${pen.emphasis(`Remark of ${pen.text(by)}:`)} ${pen.text(sentence(text))}`;
    }),
  ];
  return facts.map((fact) => ` ${fact}`).join('');
}

/** Which part of the timeline this is, where it is not the whole. */
export function narrowed({ narrowed }: ToldPostmortem, { pen, times }: Writing): Marked {
  if (!narrowed) return '';
  const { since, until, kinds, people, components } = narrowed;
  const limits = [
    ...(since === undefined ? [] : [`from ${times.both(since)} on`]),
    ...(until === undefined ? [] : [`until ${times.both(until)}`]),
    ...(kinds === undefined ? [] : [`of the kinds ${listWords(kinds)}`]),
    ...(people === undefined ? [] : [`by ${pen.text(listWords(people))}`]),
    ...(components === undefined ? [] : [`about ${pen.text(listWords(components))}`]),
  ];
  return pen.paragraph(pen.emphasis(`Only a part of the timeline: ${limits.join(', ')}.`));
}

/** Where the document comes from. */
export function origin({ generatedAt, journal }: ToldPostmortem, { pen, times }: Writing): Marked {
  const { events, firstSeq, lastSeq, hash } = journal;
  const chained = hash === undefined ? '' : ` The last has the hash ${pen.code(hash)}.`;
  return `Written by Backstop from its journal, ${times.both(generatedAt)}: ${events} events, entries ${firstSeq} to ${lastSeq}.${chained}`;
}
