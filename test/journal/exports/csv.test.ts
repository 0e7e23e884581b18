import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeCsv } from '../../../src/journal/exports/csv.ts';
import { csv } from '../../../src/journal/exports/csv-text.ts';
import { postmortemOf } from '../../../src/postmortem/postmortem.ts';
import { anyStory } from '../../support/a-random-incident.ts';
import { MINUTE, names, type Story } from '../../support/an-incident.ts';
import { GOLDEN_STORIES } from '../../support/an-incident-told.ts';
import { golden } from '../../support/golden.ts';

function documentOf(story: Story) {
  const generatedAt = story.now() + 10 * MINUTE;
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };
  return postmortemOf(story.incident(), story.events, options);
}

/** Reads CSV as RFC 4180 has it. */
function read(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let rest = text.replace(/^\uFEFF/, '');
  while (rest !== '') {
    const [whole = '', quoted, bare = '', end = ''] =
      /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? [];
    if (end === '') throw new Error(`This is no CSV: ${rest.slice(0, 80)}`);
    rows.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    if (end === '\r\n' && rest !== '') rows.push([]);
  }
  return rows;
}

describe('the CSV export', () => {
  it.each(Object.keys(GOLDEN_STORIES))('has the timeline of %s as its golden file does', (name) => {
    const story = GOLDEN_STORIES[name]?.();
    if (!story) throw new Error(`There is no story ${name}`);

    const text = writeCsv(documentOf(story));

    expect(text).toBe(golden(`${name}.csv`, text));
  });

  it('is read back as what was told, whatever people wrote', () => {
    const property = fc.property(anyStory, (story) => {
      const postmortem = documentOf(story);
      const [head = [], ...rows] = read(writeCsv(postmortem));

      expect(head).toHaveLength(14);
      expect(rows.map((row) => row[6]?.replace(/^'(?=\s*[=+\-@＝＋－＠])/, ''))).toEqual(
        postmortem.timeline.map(({ what }) => what),
      );
    });
    fc.assert(property, { numRuns: 100 });
  });

  it.each(['=HYPERLINK("https://a.test")', '+1', '-1+1', '@SUM(A1)', '\t=1', ' =1', '＝1', '\r=1'])(
    'lets no spreadsheet take %j for a formula',
    (text) => {
      expect(read(csv(['a'], [[text]]))[1]).toEqual([`'${text}`]);
    },
  );

  it('leaves numbers and ordinary texts as they are', () => {
    expect(csv(['a', 'b'], [[-5, 'a "b", c']])).toBe('\uFEFFa,b\r\n-5,"a ""b"", c"\r\n');
  });
});
