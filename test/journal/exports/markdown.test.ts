import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeMarkdown } from '../../../src/journal/exports/markdown.ts';
import { postmortemOf } from '../../../src/postmortem/postmortem.ts';
import { anyStory } from '../../support/a-random-incident.ts';
import { aStory, MINUTE, names, type Story } from '../../support/an-incident.ts';
import {
  aPrintedIncident,
  aRolledBackIncident,
  aStillBrokenIncident,
  GOLDEN_STORIES,
} from '../../support/an-incident-told.ts';
import { golden } from '../../support/golden.ts';

function exported(story: Story, zone = 'Europe/Berlin'): string {
  const generatedAt = story.now() + 10 * MINUTE;
  const options = { names, zone, serviceTitle: 'Checkout', generatedAt };
  return writeMarkdown(postmortemOf(story.incident(), story.events, options));
}

describe('the Markdown export', () => {
  it.each(Object.keys(GOLDEN_STORIES))('tells the story %s as its golden file does', (name) => {
    const story = GOLDEN_STORIES[name]?.();
    if (!story) throw new Error(`There is no story ${name}`);

    const markdown = exported(story);

    expect(markdown).toBe(golden(`${name}.md`, markdown));
  });

  it('says of a plan that took the place of an outdated one only what is different', () => {
    const text = exported(aStillBrokenIncident());
    const planned = (id: string): string =>
      text.split(`### Plan INC-0001-${id}: `)[1]?.split('\n### ')[0] ?? '';

    expect(planned('P1')).toContain('Went out of date, so nothing of it was carried out');
    expect(planned('P1')).not.toContain('| Step |');
    expect(planned('P2')).toMatch(
      /^- Different from plan INC-0001-P1: .*production: 2\.4\.1 → 2\.3\.1, was 2\.4\.0 → 2\.3\.1/m,
    );
    expect(planned('P2')).toContain('| Step |');
    expect(planned('P3')).not.toContain('Different from');
  });

  it('lists what changed in a release once, however many plans compared it', () => {
    const story = aStillBrokenIncident();
    const options = { names, zone: 'UTC', serviceTitle: 'Checkout', generatedAt: story.now() };
    const told = postmortemOf(story.incident(), story.events, options);
    const [first] = told.changes;
    if (!first) throw new Error('Nothing was compared');
    const commit = { id: 'f'.repeat(40), title: 'Try once more', author: 'eli' };
    const grown = { ...first, suspect: '2.4.2', commits: [...first.commits, commit] };
    const same = { ...first, suspect: '2.4.3' };
    const other = { ...first, component: 'worker' };

    const text = writeMarkdown({ ...told, changes: [first, grown, same, other] });

    expect(text).toMatch(
      /to `2\.4\.2`.*: what is listed above, and besides\n\n\| Commit .*\n.*\n\| `ffffffffff`.*\n\n/,
    );
    expect(text).toMatch(/to `2\.4\.3`.*: the same as above\.$/m);
    expect(text.match(/\[#218\]/g)).toHaveLength(2);
  });

  it('gives times once for a reader in UTC', () => {
    const markdown = exported(aRolledBackIncident(), 'UTC');

    expect(markdown).toContain('| UTC | Who | What |');
    expect(markdown).toContain('20 Nov 2026, 14:02:07 UTC by Ana Ruiz');
  });

  it('gives the date of the reader’s zone where it is another day there', () => {
    const markdown = exported(aRolledBackIncident(), 'Pacific/Auckland');

    expect(markdown).toContain(
      '20 Nov 2026, 14:02:07 UTC (21 Nov 2026, 03:02:07 Pacific/Auckland)',
    );
    expect(markdown).toContain('of 20 Nov 2026 (UTC) and 21 Nov 2026 (Pacific/Auckland)');
  });

  it('can be written of an incident that was only declared', () => {
    const markdown = exported(aStory());

    expect(markdown).toContain('No response was decided on.');
    expect(markdown).toContain('No step of a plan was carried out');
    expect(markdown).toContain('The incident is not over: its status is investigating.');
  });

  it('says that a command printed something, and leaves it to the other exports', () => {
    const lines = exported(aPrintedIncident()).split('\n');

    expect(lines.filter((line) => line.includes('printed'))).toEqual([
      'What “Swap staging into production” printed: 5003 lines, 5000 of them left out; the HTML and JSON exports have it.',
    ]);
    expect(lines.join()).not.toContain('alert(1)');
  });

  it('keeps its form whatever people wrote', () => {
    const property = fc.property(anyStory, (story) => {
      const lines = exported(story).trimEnd().split('\n');

      const sections = lines.filter((line) => line.startsWith('## '));
      expect(sections.filter((title) => title !== CHANGES)).toEqual(SECTIONS);
      for (const line of lines) {
        expect(bare(line.replace(OUR_LINKS, ''), /[<[\]]/)).toBe(false);
        expect(line).toMatch(/^(\||#|>|- |_|---$|\w|$)/);
      }
      for (const rows of tables(lines)) {
        expect(new Set(rows.map((row) => row.replace(/\\./g, '').split('|').length)).size).toBe(1);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});

const SECTIONS = [
  'Summary',
  'Impact',
  'Detection',
  'How long it took',
  'Response and decisions',
  'What was done',
  'Root cause',
  'Contributing factors',
  'What went well',
  'What went badly',
  'Where we were lucky',
  'Lessons',
  'Follow-ups',
  'Prevention checklist',
  'Timeline',
].map((title) => `## ${title}`);

/** There where a plan compared two releases. */
const CHANGES = '## What changed in the release';

/** Links and boxes to tick that the export itself makes. */
const OUR_LINKS = /^- \[ \]|\[(#218|compare)\]\(https:\/\/github\.com\/acme\/checkout\/[\w/.-]+\)/g;

/** Whether the text has such a character without a backslash of its own before it. */
function bare(line: string, characters: RegExp): boolean {
  return characters.test(line.replace(/\\./g, ''));
}

/** Runs of lines that begin with a bar: each must be one table. */
function tables(lines: readonly string[]): readonly (readonly string[])[] {
  return lines
    .join('\n')
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
    .filter((rows) => rows.length > 0);
}
