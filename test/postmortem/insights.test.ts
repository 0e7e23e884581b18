import { describe, expect, it } from 'vitest';
import { INSIGHTS_FORMATS, writeInsights } from '../../src/journal/exports/insights.ts';
import { type Cause, insightsOf } from '../../src/postmortem/insights.ts';
import type { Story } from '../support/an-incident.ts';
import { aRolledBackIncident, STORIES } from '../support/an-incident-told.ts';
import { aRestoredDatabase } from '../support/more-incidents-told.ts';

const CAUSES: Readonly<Record<string, Cause>> = {
  'rolled-back': 'release',
  declined: 'fresh-release',
  'still-broken': 'release',
  'quick-fix': 'unknown',
  'break-glass': 'release',
};

function ofAll(change: (story: Story, index: number) => object = () => ({})) {
  const stories = Object.values(STORIES).map((make) => make());
  const incidents = stories.map((story, index) => ({
    ...story.incident(),
    id: `INC-000${index + 1}`,
    stream: `s${index}`,
    ...change(story, index),
  }));
  const eventsOf = ({ stream }: { readonly stream: string }) =>
    stories[Number(stream.slice(1))]?.events ?? [];
  return insightsOf(incidents, eventsOf, Date.UTC(2026, 10, 21));
}

describe('insights', () => {
  it('count how rollbacks ended and how quick fixes kept their time', () => {
    const { rollbacks, quickFixes, rows } = ofAll();

    expect(rows).toHaveLength(5);
    expect(rollbacks).toMatchObject({ ended: 4, recovered: 3, cancelled: 1 });
    expect(rollbacks.againstPlan).toBeGreaterThan(0.5);
    expect(quickFixes).toEqual({ started: 1, deployed: 1, withinLimit: 0 });
  });

  it('are what anybody can work out by hand from the times of the timeline', () => {
    const story = aRolledBackIncident();
    const later = { ...story.incident(), id: 'INC-0002', private: false };
    const told = insightsOf([story.incident(), later], () => story.events, 0);
    const s = 1_000;

    // Declared 14:02:07, commander 14:03:30, decided 14:03:55, recovered 14:06:59, resolved 14:24:39; asked for approval
    // 14:04:27, given 14:05:15; the run began 14:05:15 and its verification 14:06:19, where the plan said 90 s.
    expect(told.rows[0]?.took).toEqual({
      acknowledge: 83 * s,
      decide: 108 * s,
      approve: 48 * s,
      recover: 292 * s,
      resolve: 1_352 * s,
    });
    expect(told.rows[0]?.rollbacks).toEqual([
      { run: 'INC-0001-R1', outcome: 'recovered', ms: 64 * s, expectedMs: 90 * s },
    ]);
    expect(told.rollbacks).toEqual({ ended: 2, recovered: 2, cancelled: 0, againstPlan: 64 / 90 });
    expect(told.all.median).toEqual({
      acknowledge: 83 * s,
      decide: 108 * s,
      recover: 292 * s,
      resolve: 1_352 * s,
    });
    expect(told.byCause).toMatchObject([
      { name: 'A release: its rollback recovered the service', incidents: 2 },
    ]);
    const [head = '', row = ''] = writeInsights(told, 'csv').replace('\uFEFF', '').split('\r\n');
    const values = row.split(',');
    const cells = Object.fromEntries(head.split(',').map((name, index) => [name, values[index]]));
    expect(cells).toMatchObject({
      incident: 'INC-0001',
      cause: 'release',
      acknowledge_s: '83',
      decide_s: '108',
      recover_s: '292',
      rollback_s: '64',
      rollback_planned_s: '90',
      suspect: 'web app acme-checkout 2.4.0',
      suspect_live_for_s: '727',
    });
  });

  it('tell a release that may have been the cause from one that was, and from none', () => {
    expect(ofAll().rows.map(({ cause }) => cause)).toEqual(
      Object.keys(STORIES).map((name) => CAUSES[name]),
    );
  });

  it('do not blame a release where only data was put back', () => {
    const story = aRestoredDatabase();

    const { rows } = insightsOf([story.incident()], () => story.events, 0);

    expect(rows[0]?.rollbacks.map(({ outcome }) => outcome)).toEqual(['recovered']);
    expect(rows[0]?.cause).toBe('data');
  });

  it('take the middle one of a group’s known times', () => {
    const { byService, bySeverity, rows } = ofAll();
    const decided = rows.flatMap(({ took }) => took.decide ?? []).toSorted((a, b) => a - b);

    expect(byService).toMatchObject([{ name: 'checkout', incidents: 5 }]);
    expect(byService[0]?.median.decide).toBe(decided[2]);
    expect(bySeverity.map(({ name }) => name)).toEqual(['SEV1', 'SEV2', 'SEV3']);
  });

  it('name the version that had just gone live', () => {
    const { suspects = [] } = ofAll().rows[0] ?? {};

    expect(suspects).toMatchObject([{ component: 'web app acme-checkout', version: '2.4.0' }]);
    expect(suspects[0]?.liveForMs).toBe(12 * 60_000 + 7250);
  });

  it('tell the age of the restore point that a release had captured', () => {
    const told = ofAll((story, index) => {
      const [first, ...rest] = story.incident().proposals;
      if (index !== 0 || !first) return {};
      return { proposals: [{ ...first, plan: { ...first.plan, release: 'INC-0002' } }, ...rest] };
    });
    expect(told.rows[0]?.restorePointAgeMs).toBeUndefined();

    const captured = { pins: [], points: [], notCovered: [], at: Date.UTC(2026, 10, 20, 13, 2, 7) };
    const stories = Object.values(STORIES).map((make) => make());
    const [story] = stories;
    if (!story) throw new Error('There is no story');
    const incident = story.incident();
    const [proposal] = incident.proposals;
    if (!proposal) throw new Error('There is no plan');
    const behind = {
      ...incident,
      proposals: [{ ...proposal, plan: { ...proposal.plan, release: 'REL-0001' } }],
    };
    const release = { ...incident, id: 'REL-0001', release: { point: captured } } as never;

    const { rows } = insightsOf([behind, release], () => story.events, 0);

    expect(rows).toHaveLength(1);
    expect(rows[0]?.restorePointAgeMs).toBe(60 * 60_000 + 250);
  });

  it('tell the age of the oldest restore point that data would go back to', () => {
    const story = aRolledBackIncident();
    const incident = story.incident();
    const [proposal] = incident.proposals;
    if (!proposal) throw new Error('There is no plan');
    const point = (component: string, minutes: number) => {
      return { component, label: component, capturedAt: incident.declaredAt - minutes * 60_000 };
    };
    const points = [point('content', 5), point('database', 90)];
    const behind = {
      ...incident,
      proposals: [{ ...proposal, plan: { ...proposal.plan, points } }],
    };

    const { rows } = insightsOf([behind], () => story.events, 0);

    expect(rows[0]?.restorePointAgeMs).toBe(90 * 60_000);
  });

  it('leave private incidents and drills out, and say how many', () => {
    const told = ofAll((_story, index) => ({ private: index === 0, drill: index === 1 }));

    expect(told.rows.map(({ id }) => id)).toEqual(
      expect.not.arrayContaining(['INC-0001', 'INC-0002']),
    );
    expect(writeInsights(told, 'md')).toContain('Left out: 1 private, 1 for practice.');
  });

  it.each(INSIGHTS_FORMATS)('can be written of nothing in %s', (format) => {
    const text = writeInsights(
      insightsOf([], () => [], 0),
      format,
    );
    expect(text).toContain(format === 'csv' ? 'incident,service' : '0 incidents');
  });

  it('have a row for each incident in CSV', () => {
    const lines = writeInsights(ofAll(), 'csv').trim().split('\r\n');
    expect(lines).toHaveLength(6);
    expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
  });
});
