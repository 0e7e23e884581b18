import { describe, expect, it } from 'vitest';
import type { Curation } from '../../src/events.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { ANA, MINUTE, names, START, type Story } from '../support/an-incident.ts';
import { aRolledBackIncident } from '../support/an-incident-told.ts';

function curated(...curations: readonly Curation[]) {
  const story: Story = aRolledBackIncident();
  story.wait(MINUTE);
  for (const data of curations) story.tell(ANA, { type: 'timeline.curated', data });
  return { entries: timelineOf(story.events, names), events: story.events };
}

describe('a timeline that was put right', () => {
  it('leaves a hidden entry out and says that it does, while the journal keeps it', () => {
    const { entries, events } = curated({ do: 'hide', entry: 42, reason: 'it is noise' });

    expect(entries.map(({ seq }) => seq)).not.toContain(42);
    expect(entries.at(-1)).toMatchObject({
      who: 'Ana Ruiz',
      what: 'Hid entry 42 from the timeline; the journal keeps it.',
      why: 'it is noise',
    });
    expect(events.find(({ seq }) => seq === 42)).toMatchObject({ type: 'channel.opened' });
  });

  it('shows an entry again, and speaks no more of its having been hidden', () => {
    const { entries } = curated(
      { do: 'hide', entry: 42, reason: 'noise' },
      { do: 'show', entry: 42, reason: 'it is needed' },
    );

    expect(entries).toEqual(curated().entries);
  });

  it('keeps a remark with its entry, under the name of who made it', () => {
    const { entries } = curated({ do: 'annotate', entry: 42, text: 'late, says <@U0BEN>' });

    expect(entries).toHaveLength(curated().entries.length);
    expect(entries.find(({ seq }) => seq === 42)?.notes).toMatchObject([
      { by: 'Ana Ruiz', text: 'late, says Ben Okafor' },
    ]);
  });

  it('moves an entry to its real time, and tells what was recorded', () => {
    const at = START - 5 * MINUTE;
    const { entries } = curated({ do: 'correct', entry: 42, at, reason: 'it was open before' });

    expect(entries[0]).toMatchObject({
      seq: 42,
      at,
      corrected: { from: START + 2000, by: 'Ana Ruiz', why: 'it was open before' },
    });
  });

  it('puts an entry that was added at its time', () => {
    const { entries } = curated({
      do: 'add',
      at: START + 500,
      text: 'Support got the first call.',
    });

    expect(entries[1]).toMatchObject({
      at: START + 500,
      who: 'Ana Ruiz',
      what: 'Support got the first call.',
    });
    expect(entries[1]?.added?.at).toBeGreaterThan(START + MINUTE);
  });

  it('is what it was where a change names no entry', () => {
    expect(curated({ do: 'annotate', entry: 9999, text: 'x' }).entries).toEqual(curated().entries);
  });
});
