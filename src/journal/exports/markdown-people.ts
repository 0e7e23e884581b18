/** Markdown of who was there, what they found out and what they decided. */

import type { DecisionRecord, RoleRecord, SeverityRecord } from '../../postmortem/decisions.ts';
import type { DurationRecord, Milestone } from '../../postmortem/durations.ts';
import type { Postmortem } from '../../postmortem/postmortem.ts';
import {
  capital,
  decisionWords,
  durationWords,
  listWords,
  ROLE_WORDS,
  sentence,
  severityWords,
} from '../../timeline/wording.ts';
import { blocks, bullets, esc, table } from './markdown-text.ts';
import type { Times } from './times.ts';

const MILESTONE_WORDS: Readonly<Record<Milestone, string>> = {
  detect: 'Detect',
  acknowledge: 'Acknowledge',
  decide: 'Decide',
  approve: 'Approve',
  recover: 'Recover',
  resolve: 'Resolve',
};

export function durations({ durations }: Postmortem): string {
  const row = ({ milestone, ms, meaning }: DurationRecord): readonly string[] => [
    MILESTONE_WORDS[milestone],
    ms === null ? '–' : `**${durationWords(ms)}**`,
    esc(meaning),
  ];
  return blocks('## How long it took', table(['Time to', 'Took', 'Measured'], durations.map(row)));
}

export function answers({ assessment }: Postmortem): string {
  const given = assessment.filter(({ answer }) => answer !== null);
  if (given.length === 0) return 'The assessment was not answered.';
  const rows = assessment.map(({ question, answer, by }) => [
    esc(question),
    answer === null ? '_not answered_' : esc(answer),
    by === undefined ? '' : esc(by),
  ]);
  return blocks(
    'What the responders answered at the time:',
    table(['Question', 'Answer', 'By'], rows),
  );
}

export function decisions(postmortem: Postmortem, times: Times): string {
  const { severities, decisions } = postmortem;
  return blocks(
    '## Response and decisions',
    '### Severity',
    severities.length > 0
      ? bullets(severities.map((record) => severity(record, times)))
      : 'No severity was set.',
    '### Decision',
    decisions.length > 0
      ? bullets(decisions.map((record) => decision(record, times)))
      : 'No response was decided on.',
    '### People',
    people(postmortem, times),
  );
}

function severity(record: SeverityRecord, times: Times): string {
  const { at, by, override, reasons } = record;
  const is = `**${severityWords(record.severity)}**, ${times.both(at)}`;
  if (override !== undefined)
    return `${is}: set by hand by ${esc(by)}. _Why:_ ${esc(sentence(override))}`;
  return `${is}: by the rules, after an answer of ${esc(by)}. _Why:_ ${esc(sentence(listWords(reasons)))}`;
}

function decision(record: DecisionRecord, times: Times): string {
  const { response, recommended, override, reasons, by, at } = record;
  const words = decisionWords(response, recommended?.response, override !== undefined);
  const why = esc(sentence(override ?? listWords(reasons)));
  const rules =
    recommended && recommended.response !== response
      ? ` _Why the rules say otherwise:_ ${esc(sentence(listWords(recommended.reasons)))}`
      : '';
  return `**${words}.** ${esc(by)}, ${times.both(at)}. _Why:_ ${why}${rules}`;
}

function people({ people }: Postmortem, times: Times): string {
  const names = (all: readonly string[]): string => esc(listWords(all));
  const rows = [
    ...people.roles.map((record) => [capital(ROLE_WORDS[record.role]), tenure(record, times)]),
    ['Declared by', esc(people.declaredBy)],
    ['Responders', names(people.responders)],
    ['Approvers', names(people.approvers)],
    ['Emergency contacts called', people.contactsCalled.map(esc).join('; ')],
  ];
  return table(
    ['Role', 'Who'],
    rows.filter(([, who]) => who !== ''),
  );
}

function tenure({ name, from, until }: RoleRecord, times: Times): string {
  const end = until === undefined ? '' : ` until ${times.cell(until)}`;
  return `${esc(name)}, from ${times.cell(from)}${end}`;
}
