/** Who was there, what they found out and what they decided. */

import { isReleaseId } from '../../incident.ts';
import type { DecisionRecord, RoleRecord, SeverityRecord } from '../../postmortem/decisions.ts';
import type { DurationRecord, Milestone } from '../../postmortem/durations.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import {
  capital,
  decisionWords,
  durationWords,
  listWords,
  ROLE_WORDS,
  sentence,
  severityWords,
} from '../../timeline/wording.ts';
import type { Marked, Writing } from './pen.ts';

const MILESTONE_WORDS: Readonly<Record<Milestone, string>> = {
  detect: 'Detect',
  acknowledge: 'Acknowledge',
  decide: 'Decide',
  approve: 'Approve',
  recover: 'Recover',
  resolve: 'Resolve',
};

export function durations({ durations }: ToldPostmortem, { pen }: Writing): Marked {
  const row = ({ milestone, ms, meaning }: DurationRecord): readonly Marked[] => [
    MILESTONE_WORDS[milestone],
    ms === null ? '–' : pen.strong(durationWords(ms)),
    pen.text(meaning),
  ];
  return pen.section(
    'How long it took',
    pen.table(['Time to', 'Took', 'Measured'], durations.map(row)),
  );
}

export function answers({ id, assessment }: ToldPostmortem, { pen }: Writing): Marked {
  const given = assessment.filter(({ answer }) => answer !== null);
  if (given.length === 0) {
    return isReleaseId(id) ? '' : pen.paragraph('The assessment was not answered.');
  }
  const rows = assessment.map(({ question, answer, by }) => [
    pen.text(question),
    answer === null ? pen.emphasis('not answered') : pen.text(answer),
    by === undefined ? '' : pen.text(by),
  ]);
  return pen.blocks(
    pen.paragraph('What the responders answered at the time:'),
    pen.table(['Question', 'Answer', 'By'], rows),
  );
}

export function decisions(postmortem: ToldPostmortem, writing: Writing): Marked {
  const { id, severities, decisions } = postmortem;
  const { pen } = writing;
  if (isReleaseId(id) && severities.length === 0 && decisions.length === 0) {
    return pen.section(
      'Response and decisions',
      pen.subsection('People', people(postmortem, writing)),
    );
  }
  return pen.section(
    'Response and decisions',
    pen.subsection(
      'Severity',
      severities.length > 0
        ? pen.bullets(severities.map((record) => severity(record, writing)))
        : pen.paragraph('No severity was set.'),
    ),
    pen.subsection(
      'Decision',
      decisions.length > 0
        ? pen.bullets(decisions.map((record) => decision(record, writing)))
        : ledByPlaybook(postmortem, writing),
    ),
    pen.subsection('People', people(postmortem, writing)),
  );
}

function severity(record: SeverityRecord, { pen, times }: Writing): Marked {
  const { at, by, override, reasons } = record;
  const is = `${pen.strong(severityWords(record.severity))}, ${times.both(at)}`;
  const why = pen.emphasis('Why:');
  if (override !== undefined)
    return `${is}: set by hand by ${pen.text(by)}. ${why} ${pen.text(sentence(capital(override)))}`;
  return `${is}: by the rules, once ${pen.text(by)} had answered. ${why} ${pen.text(sentence(capital(listWords(reasons))))}`;
}

function decision(record: DecisionRecord, { pen, times }: Writing): Marked {
  const { response, recommended, override, reasons, by, at } = record;
  const words = decisionWords(response, recommended?.response, override !== undefined);
  const why = pen.text(sentence(capital(override ?? listWords(reasons))));
  const rules =
    recommended && recommended.response !== response
      ? ` ${pen.emphasis('Why the rules say otherwise:')} ${pen.text(sentence(capital(listWords(recommended.reasons))))}`
      : '';
  return `${pen.strong(`${words}.`)} ${pen.text(by)}, ${times.both(at)}. ${pen.emphasis('Why:')} ${why}${rules}`;
}

/** Where nobody decided by the assessment, the questions of a playbook are what was decided. */
function ledByPlaybook({ playbooks }: ToldPostmortem, { pen, times }: Writing): Marked {
  if (playbooks.length === 0) return pen.paragraph('No response was decided on.');
  const led = listWords(playbooks.map(({ title }) => `“${title}”`));
  const decided = playbooks
    .flatMap(({ steps }) => steps)
    .map(({ title, answer, done }) =>
      answer === undefined || !done
        ? ''
        : `${pen.text(title)} ${pen.strong(pen.text(sentence(answer)))} ${pen.text(done.by)}, ${times.both(done.at)}.`,
    )
    .filter((text) => text !== '');
  return pen.blocks(
    pen.paragraph(pen.text(`People followed the playbook ${led} rather than the assessment.`)),
    decided.length === 0 ? '' : pen.bullets(decided),
  );
}

function people({ id, people }: ToldPostmortem, writing: Writing): Marked {
  const { pen } = writing;
  const names = (all: readonly string[]): Marked => pen.text(listWords(all));
  const rows = [
    ...people.roles.map((record) => [capital(ROLE_WORDS[record.role]), tenure(record, writing)]),
    [isReleaseId(id) ? 'Announced by' : 'Declared by', pen.text(people.declaredBy)],
    ['Responders', names(people.responders)],
    ['Approvers', names(people.approvers)],
    ['Emergency contacts called', people.contactsCalled.map(pen.text).join('; ')],
  ];
  return pen.table(
    ['Role', 'Who'],
    rows.filter(([, who]) => who !== ''),
  );
}

function tenure({ name, from, until }: RoleRecord, { pen, times }: Writing): Marked {
  const end = until === undefined ? '' : ` until ${times.cell(until)}`;
  return `${pen.text(name)}, from ${times.cell(from)}${end}`;
}
