import type { Postmortem, TimelineRecord } from '../../postmortem/postmortem.ts';
import type { PromptId } from '../../postmortem/questions.ts';
import {
  capital,
  RESPONSE_WORDS,
  sentence,
  severityWords,
  statusWords,
} from '../../timeline/wording.ts';
import { actions, changes } from './markdown-actions.ts';
import { answers, decisions, durations } from './markdown-people.ts';
import { blocks, bullets, esc, quote, table } from './markdown-text.ts';
import { createTimes, type Times } from './times.ts';

/**
 * The post-mortem as GitHub-flavoured Markdown, for people to finish: what the journal knows is filled in, what only
 * people know is asked. Text that people wrote cannot break a table or become a link or HTML.
 */
export function writeMarkdown(postmortem: Postmortem): string {
  const times = createTimes(postmortem.zone, postmortem.declared.at);
  const text = blocks(
    `# Post-mortem ${esc(postmortem.id)}: ${esc(postmortem.title)}`,
    facts(postmortem, times),
    note(times),
    '## Summary',
    bullets(postmortem.summary.map(esc)),
    reported(postmortem),
    prompt(postmortem, 'impact', answers(postmortem)),
    prompt(postmortem, 'detection'),
    durations(postmortem),
    decisions(postmortem, times),
    actions(postmortem, times),
    changes(postmortem),
    prompt(postmortem, 'root-cause'),
    prompt(postmortem, 'contributing-factors'),
    prompt(postmortem, 'went-well'),
    prompt(postmortem, 'went-badly'),
    prompt(postmortem, 'lucky'),
    prompt(postmortem, 'lessons'),
    followUps(postmortem),
    prevention(postmortem),
    timeline(postmortem, times),
    footer(postmortem, times),
  );
  return `${text}\n`;
}

function facts(postmortem: Postmortem, times: Times): string {
  const { service, environment, declared, status, severities, decisions, people } = postmortem;
  const severity = severities.at(-1);
  const decision = decisions.at(-1);
  const commander = people.roles.findLast(({ role }) => role === 'commander');
  const isOver = status.is === 'resolved' || status.is === 'closed';
  const rows = [
    ['Service', `${esc(service.title)}, ${esc(environment)}`],
    ['Severity', severity ? severityWords(severity.severity) : 'Not set'],
    ['Status', `${statusWords(status.is)}${isOver ? ',' : ' since'} ${times.both(status.since)}`],
    ['Declared', `${times.both(declared.at)} by ${esc(declared.by)}`],
    ['Incident commander', commander ? esc(commander.name) : 'Nobody'],
    ['Decision', decision ? capital(RESPONSE_WORDS[decision.response]) : 'None'],
    ['Channel', postmortem.channel === undefined ? '' : `#${esc(postmortem.channel)}`],
  ];
  return table(
    ['Incident', esc(postmortem.id)],
    rows.filter(([, value]) => value !== ''),
  );
}

function note({ isTwofold, zone, day, localDay }: Times): string {
  const zones = isTwofold ? `UTC, then ${esc(zone)}` : 'UTC';
  const days = isTwofold && day !== localDay ? `${day} (UTC) and ${localDay} (${esc(zone)})` : day;
  return `_Times are ${zones}; in tables, those without a date are of ${days}. What is marked “To fill in” only people can know._`;
}

function reported({ reported, declared }: Postmortem): string {
  if (reported === '') return '';
  return blocks(`As ${esc(declared.by)} reported it:`, quote(reported));
}

function prompt({ prompts }: Postmortem, id: PromptId, known = ''): string {
  const found = prompts.find((one) => one.id === id);
  if (!found) return known;
  const questions = found.questions.map((question) => `**${esc(question)}** _To fill in._`);
  return blocks(`## ${esc(found.title)}`, known, bullets(questions));
}

function followUps({ followUps }: Postmortem): string {
  const suggested = followUps.map(({ what, because }) => [
    esc(what),
    esc(sentence(because)),
    '',
    '',
    '',
  ]);
  const empty = ['', '', '', '', ''];
  return blocks(
    '## Follow-ups',
    suggested.length > 0
      ? 'What the record leaves open, and room for more. Each needs an owner and a date.'
      : 'The record leaves nothing open. Each follow-up needs an owner and a date.',
    table(['What', 'Because', 'Owner', 'Due', 'Ticket'], [...suggested, empty, empty]),
  );
}

function prevention({ prevention }: Postmortem): string {
  return blocks(
    '## Prevention checklist',
    'Tick what was in place. What was not is a follow-up, or a decision to write down.',
    ...prevention.map(({ title, items }) => {
      return blocks(`### ${esc(title)}`, bullets(items.map(esc), '- [ ]'));
    }),
  );
}

function timeline({ timeline }: Postmortem, times: Times): string {
  const zones = times.isTwofold ? ['UTC', esc(times.zone)] : ['UTC'];
  const rows = timeline.map((entry) => [
    times.utcCell(entry.at),
    ...(times.isTwofold ? [times.localCell(entry.at)] : []),
    esc(entry.who),
    told(entry, times),
  ]);
  return blocks('## Timeline', table([...zones, 'Who', 'What'], rows));
}

const TURNING_POINTS: readonly TimelineRecord['kind'][] = [
  'incident',
  'severity',
  'decision',
  'status',
];

function told({ kind, what, why, through, times: count }: TimelineRecord, times: Times): string {
  const isLoud = TURNING_POINTS.includes(kind) || what.startsWith('BROKE THE GLASS');
  const said = isLoud ? `**${esc(what)}**` : esc(what);
  const because = why ? ` _Why:_ ${esc(sentence(why))}` : '';
  const until =
    through && count !== undefined
      ? ` (${count} times, until ${times.utcCell(through.at)} UTC)`
      : '';
  return `${said}${because}${until}`;
}

function footer({ generatedAt, journal }: Postmortem, times: Times): string {
  const { events, firstSeq, lastSeq } = journal;
  return blocks(
    '---',
    `_Written by Backstop from its journal, ${times.both(generatedAt)}: ${events} events, entries ${firstSeq} to ${lastSeq}._`,
  );
}
