/** Every figure of the insights against numbers that were worked out by hand, from incidents whose times are whole minutes. */

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Severity } from '../../src/assessment.ts';
import type { Event } from '../../src/events.ts';
import { writeInsights } from '../../src/journal/exports/insights.ts';
import { insightsOf } from '../../src/postmortem/insights.ts';
import { aPlan } from '../support/a-plan.ts';
import {
  ANA,
  anEmptyStory,
  BEN,
  MINUTE,
  START,
  type Story,
  severity,
} from '../support/an-incident.ts';

const HOUR = 60 * MINUTE;

interface Told extends Story {
  readonly id: string;
  /** Tells it so many minutes after the declaration. */
  at(minute: number, ...events: readonly Event[]): Told;
}

function anIncident(
  number: number,
  service: string,
  more: { readonly private?: true; readonly drill?: true } = {},
): Told {
  const id = `INC-000${number}`;
  const story = anEmptyStory(id, START + number * 24 * HOUR);
  const begin = story.now();
  story.tell(ANA, {
    type: 'incident.declared',
    data: { id, title: 'x', summary: '', service, environment: 'production', ...more },
  });
  const told: Told = Object.assign(story, {
    id,
    at(minute: number, ...events: readonly Event[]) {
      story.wait(begin + minute * MINUTE - story.now()).tell(BEN, ...events);
      return told;
    },
  });
  return told;
}

const rated = (is: Severity): Event => severity(is, ['it is so']);
const command: Event = { type: 'role.claimed', data: { role: 'commander', user: 'U0BEN' } };
const chosen = (response: 'rollback' | 'quick-fix'): Event => ({
  type: 'response.chosen',
  data: { response, reasons: ['it is so'] },
});
const resolved: Event = { type: 'status.changed', data: { status: 'resolved', reason: 'over' } };

/** A rollback whose plan says 90 s; 2.4.0 had been live for so long. */
function rollback(
  story: Told,
  times: { readonly start: number; readonly verify?: number; readonly end: number },
  outcome: 'recovered' | 'not-recovered' | 'cancelled',
  live: { readonly hours: number; readonly pointHours?: number },
): Told {
  const plan = `${story.id}-P1`;
  const run = `${story.id}-R1`;
  const declared = story.incident().declaredAt;
  const made = aPlan();
  const [web] = made.components;
  if (!web) throw new Error('The plan has no component');
  const since = declared - live.hours * HOUR;
  const points =
    live.pointHours === undefined
      ? {}
      : {
          points: [
            { component: 'db', label: 'nightly', capturedAt: declared - live.pointHours * HOUR },
            { component: 'content', label: 'clone', capturedAt: declared - HOUR },
          ],
        };
  story.at(times.start, {
    type: 'plan.proposed',
    data: {
      plan: {
        ...made,
        ...points,
        id: plan,
        components: [{ ...web, live: { ...web.live, since } }],
      },
    },
  });
  story.at(times.start, { type: 'run.started', data: { run, plan, hash: made.hash } });
  if (times.verify !== undefined) {
    story.at(times.verify, { type: 'verification.started', data: { run } });
  }
  return story.at(times.end, { type: 'run.finished', data: { run, outcome, reason: 'so' } });
}

/** A quick fix with 15 minutes, and the verification that says that the service is well again. */
function quickFix(story: Told, start: number, deployed?: number, recovered?: number): Told {
  const until = story.incident().declaredAt + (start + 15) * MINUTE;
  story.at(start, { type: 'quick-fix.started', data: { branch: 'hotfix', until } });
  if (deployed !== undefined) story.at(deployed, { type: 'quick-fix.deployed', data: {} });
  if (recovered === undefined) return story;
  const made = { ...aPlan({ kind: 'verify' }), id: `${story.id}-P9` };
  const run = `${story.id}-R9`;
  story.at(recovered, { type: 'plan.proposed', data: { plan: made } });
  story.at(recovered, { type: 'run.started', data: { run, plan: made.id, hash: made.hash } });
  return story.at(recovered, {
    type: 'run.finished',
    data: { run, outcome: 'recovered', reason: 'so' },
  });
}

const one = rollback(
  anIncident(1, 'checkout').at(0, rated('sev1')).at(1, command).at(3, chosen('rollback')),
  { start: 5, verify: 6.5, end: 10 },
  'recovered',
  { hours: 0.2 },
).at(30, resolved);
const two = rollback(
  anIncident(2, 'checkout').at(0, rated('sev2')).at(3, command).at(5, chosen('rollback')),
  { start: 6, verify: 9, end: 12 },
  'not-recovered',
  { hours: 30, pointHours: 4 },
).at(60, resolved);
const three = quickFix(
  anIncident(3, 'payments').at(0, rated('sev2')).at(5, command).at(10, chosen('quick-fix')),
  10,
  22,
  30,
).at(40, resolved);
const four = quickFix(
  anIncident(4, 'payments').at(0, rated('sev3')).at(7, command).at(20, chosen('quick-fix')),
  20,
  40,
  50,
).at(90, resolved);
/** Nobody took command, decided or rated it; its rollback was cancelled, its quick fix never deployed, and it is open. */
const five = quickFix(
  rollback(anIncident(5, 'payments'), { start: 5, end: 6 }, 'cancelled', { hours: 2 }),
  8,
);
/** These would move every figure. */
const six = anIncident(6, 'checkout', { private: true }).at(600, command, resolved);
const seven = anIncident(7, 'payments', { drill: true }).at(700, command, resolved);

const stories = [one, two, three, four, five, six, seven];
const told = insightsOf(
  stories.map((story) => story.incident()),
  ({ id }) => stories.find((story) => story.id === id)?.events ?? [],
  START + 9 * 24 * HOUR,
);
const minutes = (all: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(all).map(([name, each]) => [name, each * MINUTE]));

describe('the insights, worked out by hand', () => {
  it('tell the middle time to acknowledge, decide, recover and resolve of all', () => {
    // Acknowledged after 1, 3, 5, 7; decided after 3, 5, 10, 20; recovered after 10, 30, 50; resolved after 30, 40, 60, 90.
    expect(told.all).toEqual({
      name: 'All',
      incidents: 5,
      median: minutes({ acknowledge: 4, decide: 7.5, recover: 30, resolve: 50 }),
      known: { acknowledge: 4, decide: 4, recover: 3, resolve: 4 },
    });
  });

  it('say of how many incidents a time is known, and that a few are no trend', () => {
    const text = writeInsights(told, 'md');
    expect(text).toContain('| All incidents | 5 | 4 min (4 of 5) | 7 min 30 s (4 of 5) |');
    expect(text).toContain('Of fewer than 5 incidents a median is an example, not a trend.');
    const many = { ...told, byService: [], bySeverity: [], byCause: [] };
    expect(writeInsights(many, 'md')).not.toContain('not a trend');
    const few = { ...many, all: { ...told.all, incidents: 4 } };
    expect(writeInsights(few, 'md')).toContain('Of fewer than 5 incidents a median is an example');
    expect(writeInsights(few, 'md')).toContain('| All incidents | 4 | 4 min | 7 min 30 s |');
  });

  it('tell them by service', () => {
    expect(told.byService).toEqual([
      {
        name: 'checkout',
        incidents: 2,
        median: minutes({ acknowledge: 2, decide: 4, recover: 10, resolve: 45 }),
        known: { acknowledge: 2, decide: 2, recover: 1, resolve: 2 },
      },
      {
        name: 'payments',
        incidents: 3,
        median: minutes({ acknowledge: 6, decide: 15, recover: 40, resolve: 65 }),
        known: { acknowledge: 2, decide: 2, recover: 2, resolve: 2 },
      },
    ]);
  });

  it('tell them by severity', () => {
    expect(told.bySeverity).toEqual([
      { name: 'Not set', incidents: 1, median: {}, known: {} },
      {
        name: 'SEV1',
        incidents: 1,
        median: minutes({ acknowledge: 1, decide: 3, recover: 10, resolve: 30 }),
        known: { acknowledge: 1, decide: 1, recover: 1, resolve: 1 },
      },
      {
        name: 'SEV2',
        incidents: 2,
        median: minutes({ acknowledge: 4, decide: 7.5, recover: 30, resolve: 50 }),
        known: { acknowledge: 2, decide: 2, recover: 1, resolve: 2 },
      },
      {
        name: 'SEV3',
        incidents: 1,
        median: minutes({ acknowledge: 7, decide: 20, recover: 50, resolve: 90 }),
        known: { acknowledge: 1, decide: 1, recover: 1, resolve: 1 },
      },
    ]);
  });

  it('tell them by cause', () => {
    expect(told.byCause).toEqual([
      {
        name: 'A release of the day before, perhaps',
        incidents: 1,
        median: {},
        known: {},
      },
      {
        name: 'A release: its rollback recovered the service',
        incidents: 1,
        median: minutes({ acknowledge: 1, decide: 3, recover: 10, resolve: 30 }),
        known: { acknowledge: 1, decide: 1, recover: 1, resolve: 1 },
      },
      {
        name: 'Not known from the record',
        incidents: 3,
        median: minutes({ acknowledge: 5, decide: 10, recover: 40, resolve: 60 }),
        known: { acknowledge: 3, decide: 3, recover: 2, resolve: 3 },
      },
    ]);
  });

  it('tell how often rollbacks succeed, and how long they take against their plans', () => {
    // 90 s and 180 s, where the plans said 90 s: 100% and 200%. What was cancelled counts for neither.
    expect(told.rollbacks).toEqual({ ended: 2, recovered: 1, cancelled: 1, againstPlan: 1.5 });
    const text = writeInsights(told, 'md');
    expect(text).toContain('1 of 2 rollbacks ended in a verified recovery.');
    expect(text).toContain('1 more was cancelled on the way.');
    expect(text).toContain('The median one took 150% of the time that its plan said.');
    // Half of two is no percentage; half of five is one.
    const many = { ...told, rollbacks: { ended: 6, recovered: 3, cancelled: 0 } };
    expect(writeInsights(many, 'md')).toContain(
      '3 of 6 rollbacks ended in a verified recovery (50%).',
    );
  });

  it('tell how often the quick fix beat its 15 minutes', () => {
    // 12 minutes, 20 minutes, and never.
    expect(told.quickFixes).toEqual({ started: 3, deployed: 2, withinLimit: 1 });
    expect(writeInsights(told, 'md')).toContain('3 started: 1 deployed in time, 1 later, 1 never.');
  });

  it('tell how old restore points were, and which deployments led to incidents', () => {
    expect(told.rows.map(({ restorePointAgeMs }) => restorePointAgeMs)).toEqual([
      undefined,
      4 * HOUR,
      undefined,
      undefined,
      undefined,
    ]);
    const text = writeInsights(told, 'md');
    const section = (title: string): string =>
      text.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
    expect(section('Restore points')).toMatch(/\| INC-0002 \| checkout \| 4 h \|\s*$/);
    // 12 minutes and 2 hours; the one that had been live for 30 hours is none of them.
    expect(section('Deployments before incidents').match(/^\| INC.*$/gm)).toEqual([
      '| INC-0001 | web app acme-checkout | 2.4.0 | 12 min |',
      '| INC-0005 | web app acme-checkout | 2.4.0 | 2 h |',
    ]);
  });

  it('have the raw rows in CSV, to the second', () => {
    const rows: unknown = parse(writeInsights(told, 'csv'), { bom: true, columns: true });
    const none = {
      rollbacks: '0',
      rollbacks_recovered: '0',
      rollback_s: '',
      rollback_planned_s: '',
      restore_point_age_s: '',
      suspect: '',
      suspect_live_for_s: '',
    };
    expect(rows).toMatchObject([
      {
        incident: 'INC-0001',
        service: 'checkout',
        environment: 'production',
        severity: 'sev1',
        status: 'resolved',
        declared_utc: '2026-11-21T14:02:07.250Z',
        response: 'rollback',
        cause: 'release',
        acknowledge_s: '60',
        decide_s: '180',
        recover_s: '600',
        resolve_s: '1800',
        rollbacks: '1',
        rollbacks_recovered: '1',
        rollback_s: '90',
        rollback_planned_s: '90',
        quick_fixes: '0',
        quick_fixes_in_time: '0',
        suspect: 'web app acme-checkout 2.4.0',
        suspect_live_for_s: '720',
      },
      {
        incident: 'INC-0002',
        recover_s: '',
        resolve_s: '3600',
        rollbacks: '1',
        rollbacks_recovered: '0',
        rollback_s: '180',
        restore_point_age_s: '14400',
        suspect_live_for_s: '108000',
      },
      { ...none, incident: 'INC-0003', quick_fixes: '1', quick_fixes_in_time: '1' },
      { ...none, incident: 'INC-0004', quick_fixes: '1', quick_fixes_in_time: '0' },
      {
        incident: 'INC-0005',
        severity: '',
        status: 'investigating',
        response: '',
        cause: 'fresh-release',
        acknowledge_s: '',
        decide_s: '',
        rollbacks: '1',
        rollbacks_recovered: '0',
        quick_fixes: '1',
        quick_fixes_in_time: '0',
        suspect_live_for_s: '7200',
      },
    ]);
  });

  it('leave private incidents and drills out of every format, and say how many', () => {
    for (const format of ['md', 'html', 'csv'] as const) {
      expect(writeInsights(told, format)).not.toMatch(/INC-000[67]/);
    }
    expect(told.leftOut).toEqual({ private: 1, drills: 1 });
    expect(writeInsights(told, 'html')).toContain('Left out: 1 private, 1 for practice.');
  });
});
