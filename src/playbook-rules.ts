/**
 * Which playbook is proposed: rules as data, each with its source. The assessment asks how bad it is and not what it is,
 * so some rules read the words of whoever declared it; the commander may always choose another.
 */

import type { Answers, QuestionId } from './assessment.ts';
import { type Incident, lastRun } from './incident.ts';
import { activePlaybook } from './playbook-progress.ts';

interface Rule {
  readonly gives: string;
  /** Every answer named must be given, and be one of those listed. */
  readonly when?: Readonly<Partial<Record<QuestionId, readonly string[]>>>;
  /** True for one that fits only once the severity is known. */
  readonly ranked?: true;
  /** What the title or the summary says. */
  readonly says?: RegExp;
  readonly because: string;
  readonly source: string;
}

/** First match wins. */
export const PLAYBOOK_RULES: readonly Rule[] = [
  {
    gives: 'security-breach',
    when: { security: ['yes', 'suspected'] },
    because: 'it may be a security problem',
    source: 'guide 002, Recovering from Security Breach',
  },
  {
    gives: 'migration-failed',
    says: /\bmigrat(e|es|ed|ing|ions?)\b/i,
    because: 'it is about a migration',
    source: 'guide 002, Procedure 2 and Example 2; guide 003, Scenario 2',
  },
  {
    gives: 'data-loss',
    when: { data: ['yes', 'suspected'] },
    because: 'data may be lost or corrupt',
    source: 'guide 002, Recovering from Data Loss',
  },
  {
    gives: 'memory-leak',
    says: /\b(memory leak|leaks? memory|out of memory|oom(-?killed)?)\b/i,
    because: 'it is about memory',
    source: 'guide 002, Example 3',
  },
  {
    gives: 'deployment-failure',
    says: /\b(deploy(ment)? (has )?fail(s|ed|ing|ure)?|(fails?|failed) to start|(does|do) not start|crash ?loop)/i,
    because: 'services do not start after a deployment',
    source: 'guide 003, Scenario 1',
  },
  {
    gives: 'api-breaks-client',
    says: /\b(mobile app|app version|api clients?|older? clients?|breaking api|api (change|version)s?)\b/i,
    because: 'clients no longer work with the API',
    source: 'guide 002, Example 1',
  },
  {
    gives: 'deployment-issues',
    says: /\b(stale cache|old cache|cached|signed out|logged out|sessions? (is |are )?(lost|gone)|lost sessions?|(wrong|missing) config(uration)?|config(uration)? mismatch)\b/i,
    because: 'it sounds like a common issue of a deployment',
    source: 'guide 004, Common Deployment Issues',
  },
  {
    gives: 'performance-degradation',
    when: { availability: ['2-5x', '5-10x', 'over-10x'] },
    because: 'it is slow',
    source: 'guide 002, Procedure 3; guide 003, Scenario 4',
  },
  {
    gives: 'production-bug',
    ranked: true,
    because: 'no other playbook fits better',
    source: 'guide 002, Procedure 1; guide 003, Scenario 3',
  },
];

/** Beside the others: it follows from what was done. */
export const AFTER_ROLLBACK: Rule = {
  gives: 'after-rollback',
  because: 'the rollback is done and the service has recovered',
  source: 'guide 002, Rollback Checklist, Post-Rollback and Follow-Up; guide 003, After Rollback',
};

export interface PlaybookProposal {
  readonly name: string;
  readonly because: string;
}

/**
 * The playbook that fits what is known now; none while people are at one, for one that they were at already, before
 * anything is known, and for a release, which has a checklist of its own.
 */
export function proposedPlaybook(incident: Incident): PlaybookProposal | undefined {
  if (incident.release || activePlaybook(incident.playbooks)) return undefined;
  const rule = afterRollback(incident) ?? PLAYBOOK_RULES.find((each) => fits(each, incident));
  if (!rule) return undefined;
  const begun = incident.playbooks.some(({ playbook }) => playbook.name === rule.gives);
  return begun ? undefined : { name: rule.gives, because: rule.because };
}

function afterRollback(incident: Incident): Rule | undefined {
  const run = lastRun(incident);
  return run?.kind === 'rollback' && run.outcome === 'recovered' ? AFTER_ROLLBACK : undefined;
}

function fits({ when, ranked, says }: Rule, incident: Incident): boolean {
  const { answers, title, summary, severity } = incident;
  if (ranked && !severity) return false;
  if (says && !says.test(`${title}\n${summary}`)) return false;
  return matches(when ?? {}, answers);
}

function matches(when: NonNullable<Rule['when']>, answers: Answers): boolean {
  const entries = Object.entries(when) as [QuestionId, readonly string[]][];
  return entries.every(([question, accepted]) => accepted.includes(answers[question] ?? ''));
}
