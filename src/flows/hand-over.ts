import { QUESTIONS } from '../assessment.ts';
import { Refusal } from '../errors.ts';
import type { Event, Role, SummaryLine } from '../events.ts';
import { activeRun, type Incident, openProposal, openTasksOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { severityTerm, statusWord } from '../vocabulary.ts';
import { requireOpen } from './guards.ts';

/**
 * Sums up the incident for those who take over: where it stands, what is open, who does what. With a person to hand over
 * to, the commander's role goes to them.
 */
export function handOver(to: string | undefined): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    const given: Event = {
      type: 'handover.given',
      data: { summary: summaryOf(incident), ...(to === undefined ? {} : { to }) },
    };
    if (to === undefined) return [given];
    const { commander } = incident.roles;
    if (commander === to) {
      throw new Refusal(
        'already-done',
        `<@${to}> is the incident commander already. Leave the name out for the summary alone.`,
      );
    }
    if (commander !== undefined && actor.kind === 'person' && actor.id !== commander) {
      throw new Refusal(
        'forbidden',
        `Only the incident commander, <@${commander}>, can hand over. Ask them, or leave the name out for the summary alone.`,
      );
    }
    return [given, { type: 'role.claimed', data: { role: 'commander', user: to } }];
  };
}

const ROLES: readonly (readonly [Role, string])[] = [
  ['commander', 'Incident commander'],
  ['communications-lead', 'Communications lead'],
  ['operations-lead', 'Operations lead'],
  ['scribe', 'Scribe'],
];

function summaryOf(incident: Incident): readonly SummaryLine[] {
  const severity = incident.severity ? severityTerm(incident.severity.is).label : 'No severity yet';
  const held = ROLES.flatMap(([role, name]) => {
    const user = incident.roles[role];
    return user === undefined ? [] : [{ text: name, user }];
  });
  const last = incident.updates.at(-1);
  return [
    {
      text: `State: ${severity}, ${statusWord(incident.status)}. ${incident.statusReason ?? ''}`.trim(),
    },
    ...(last ? [{ text: `Last update: ${last.text}` }] : []),
    { text: underWay(incident) },
    ...openQuestions(incident).map((question) => ({ text: `Open: ${question}` })),
    ...(held.length > 0 ? held : [{ text: 'Nobody has a role yet.' }]),
    ...openTasksOf(incident).map(
      ({ id, text, owner }): SummaryLine =>
        owner === undefined
          ? { text: `${id}: ${text} (nobody has it yet)` }
          : { text: `${id}: ${text}`, user: owner },
    ),
  ];
}

function underWay(incident: Incident): string {
  const run = activeRun(incident);
  if (run) return `Under way: run ${run.id}${run.status === 'halted' ? ', halted' : ''}.`;
  const proposal = openProposal(incident);
  if (proposal?.state === 'requested') return `Waiting for approval: plan ${proposal.plan.id}.`;
  if (proposal) return `Waiting for somebody to request approval: plan ${proposal.plan.id}.`;
  return incident.response
    ? `Decided: ${incident.response.is.replace('-', ' ')}.`
    : 'The response is not decided yet.';
}

function openQuestions(incident: Incident): readonly string[] {
  const asked = openProposal(incident)?.questions.map(({ text }) => text) ?? [];
  const unanswered = incident.response
    ? []
    : QUESTIONS.filter(({ id }) => incident.answers[id] === undefined).map(({ text }) => text);
  return [...asked, ...unanswered.slice(0, 3)];
}
