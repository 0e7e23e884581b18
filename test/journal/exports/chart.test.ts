/** The chart and its accessible twin: what is drawn is in the table, and what the document knows is in both. */

import { describe, expect, it } from 'vitest';
import { postmortemFrom } from '../../../src/journal/exports/documents.ts';
import { writeHtml } from '../../../src/journal/exports/html.ts';
import { type Postmortem, postmortemOf } from '../../../src/postmortem/postmortem.ts';
import { MINUTE, names } from '../../support/an-incident.ts';
import { GOLDEN_STORIES } from '../../support/an-incident-told.ts';
import { importedStory, RECORDED_STORIES } from '../../support/recorded-stories.ts';

const DOCUMENTS: Readonly<Record<string, Postmortem>> = Object.fromEntries([
  ...Object.entries(GOLDEN_STORIES).map(([name, make]) => {
    const story = make();
    const generatedAt = story.now() + 10 * MINUTE;
    const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };
    return [name, postmortemOf(story.incident(), story.events, options)];
  }),
  ...(await Promise.all(
    RECORDED_STORIES.map(async (name) => {
      const { journal, incident, options } = await importedStory(name);
      const document = postmortemFrom(journal, incident, options);
      await journal.close();
      return [`played-${name}`, document];
    }),
  )),
]);

/** The cells of the rows of each table below the chart, as a reader sees them. */
function tablesOf(page: string): readonly (readonly (readonly string[])[])[] {
  const [details = ''] = /<details>[^]*?<\/details>/.exec(page) ?? [];
  return [...details.matchAll(/<table[^]*?<\/table>/g)].map(([table]) =>
    [...table.matchAll(/<tr>(<td[^]*?)<\/tr>/g)].map(([, row = '']) =>
      [...row.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, cell = '']) => plain(cell)),
    ),
  );
}

function plain(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A time as the tables of that document give it: the date only where it is another day. */
function clockOf({ declared }: Postmortem): (moment: string | number) => string {
  return (moment) => {
    const at = new Date(moment);
    const time = at.toISOString().slice(11, 19);
    const isToday = at.toISOString().slice(0, 10) === declared.at.slice(0, 10);
    return isToday ? time : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}, ${time}`;
  };
}

/** From when to when each lasted, in a row of changes of the same thing; what lasted no time is not shown. */
function stretches(changes: readonly { readonly at: string; readonly is: string }[], end: number) {
  const distinct = changes.filter(({ is }, index) => changes[index - 1]?.is !== is);
  return distinct
    .map(({ at, is }, index) => ({
      is,
      from: Date.parse(at),
      until: Date.parse(distinct[index + 1]?.at ?? new Date(end).toISOString()),
    }))
    .filter(({ from, until }) => until > from);
}

describe.each(Object.entries(DOCUMENTS))('the chart of %s', (_name, told) => {
  const page = writeHtml(told);
  const [spans = [], readings = []] = tablesOf(page);
  const clock = clockOf(told);
  const [svg = ''] = /<svg id="chart"[^]*?<\/svg>/.exec(page) ?? [];
  const end = Number(/data-until="(\d+)"/.exec(svg)?.[1]);
  const begins = (what: string) =>
    spans.filter((row) => row[3]?.startsWith(what)).map(([from, until]) => [from, until]);

  it('has each severity and status in its table, from when to when', () => {
    const severities = told.severities.map(({ at, severity }) => ({ at, is: severity }));
    const statuses = told.statuses.map(({ at, status }) => ({ at, is: status }));
    for (const [what, changes] of [
      ['Severity: ', severities],
      ['Status: ', statuses],
    ] as const) {
      expect(begins(what)).toEqual(
        stretches(changes, end).map(({ from, until }) => [clock(from), clock(until)]),
      );
    }
    for (const { severity } of told.severities) {
      expect(spans.map((row) => row[3])).toContain(`Severity: ${severity.toUpperCase()}`);
    }
  });

  it('has each run and each step that was begun in its table', () => {
    // Those that did nothing are not told anywhere in the document.
    const shown = told.runs.filter(({ kind, steps }) => kind === 'verify' || steps.length > 0);
    const runs = shown.map(({ id, title, startedAt, endedAt }) => ({
      what: `Run: ${id}: ${title} (`,
      from: clock(startedAt),
      until: clock(endedAt ?? end),
    }));
    const steps = shown.flatMap((run) =>
      run.steps.flatMap(({ title, status, startedAt, endedAt }) =>
        startedAt === undefined
          ? []
          : [
              {
                what: `Step: ${title} (${status})`,
                from: clock(startedAt),
                until: clock(endedAt ?? run.endedAt ?? end),
              },
            ],
      ),
    );
    for (const { what, from, until } of [...runs, ...steps]) {
      expect(begins(what)).toContainEqual([from, until === from ? expect.any(String) : until]);
    }
    expect(begins('Run: ')).toHaveLength(runs.length);
    expect(begins('Step: ')).toHaveLength(steps.length);
  });

  it('has each decision, request, approval and turn of a quick fix in its table, with who it was', () => {
    const marks = [
      ...told.people.roles
        .filter(({ role }) => role === 'commander')
        .map(({ name, from }) => [clock(from), `Took command (${name})`]),
      ...told.decisions.map(({ at, by }) => [
        clock(at),
        expect.stringMatching(new RegExp(`^Decided to .*\\(${by}\\)$`)),
      ]),
      ...told.plans.flatMap(({ id, request, approvals }) => [
        ...(request ? [[clock(request.at), `Asked for approval of ${id} (${request.by})`]] : []),
        ...approvals.map(({ at, by, breakGlass }) => [
          clock(at),
          `${breakGlass === undefined ? 'Approved' : 'Broke the glass for'} ${id} (${by})`,
        ]),
      ]),
      ...told.quickFixes.flatMap(({ startedAt, startedBy, deployedAt, deployedBy }) => [
        [clock(startedAt), `Quick fix started (${startedBy})`],
        ...(deployedAt ? [[clock(deployedAt), `Quick fix deployed (${deployedBy})`]] : []),
      ]),
    ];
    const listed = spans
      .filter((row) => !/^(Severity|Status|Run|Step): /.test(row[3] ?? ''))
      .map(([from, , , what]) => [from, what]);

    for (const mark of marks) expect(listed).toContainEqual(mark);
    expect(listed).toHaveLength(marks.length);
  });

  it('has each number that a probe measured in its table, and its verdict', () => {
    const measured = told.readings.flatMap(({ at, probe, verdict, values }) =>
      (Object.keys(values).length > 0 ? Object.values(values) : [verdict === 'pass' ? 1 : 0]).map(
        (value) => [clock(at), probe.toLowerCase(), String(value), verdict],
      ),
    );
    const listed = readings.map(([at, title = '', value, verdict]) => [
      at,
      title.toLowerCase().slice(0, title.lastIndexOf(': ')),
      value,
      verdict,
    ]);

    expect(listed.toSorted(byText)).toEqual(measured.toSorted(byText));
  });

  it('draws as many bands, bars, marks and readings as its tables have rows', () => {
    const count = (what: RegExp): number => svg.match(what)?.length ?? 0;

    expect(count(/class="band /g)).toBe(begins('Severity: ').length + begins('Status: ').length);
    expect(count(/class="bar /g)).toBe(begins('Run: ').length + begins('Step: ').length);
    expect(count(/<g data-from="/g) + count(/class="mark/g)).toBe(spans.length);
    expect(count(/class="dot /g)).toBe(readings.length);
    // What is pointed at says the same time as the row.
    for (const [, at, tip = ''] of svg.matchAll(/<g data-at="(\d+)" data-tip="([^"]*)"/g)) {
      expect(tip).toContain(clock(Number(at)));
    }
  });
});

describe('the view of the chart', () => {
  const viewOf = (name: string) => {
    const told = DOCUMENTS[name];
    if (!told) throw new Error(`There is no ${name}`);
    const page = writeHtml(told);
    const [shown, until] = ['shown', 'until'].map((part) =>
      Number(new RegExp(`data-${part}="(\\d+)"`).exec(page)?.[1]),
    );
    return { told, page, shown: shown ?? 0, until: until ?? 0 };
  };

  it('ends soon after what happened, where it was watched for much longer, and says so', () => {
    const { told, page, shown, until } = viewOf('rolled-back');
    const last = Date.parse(told.runs.at(-1)?.endedAt ?? '');

    expect(shown).toBeGreaterThan(last);
    expect(shown - last).toBeLessThan((until - last) / 3);
    expect(page).toMatch(
      /Shown until 14:0\d:\d\d UTC: after that, until 14:24:39, no step ran and no reading failed/,
    );
    // The run takes up most of it, and what was watched later lies beyond.
    const [, x = '', width = ''] =
      /class="bar run good" x="([\d.]+)" y="\d+" width="([\d.]+)"/.exec(page) ?? [];
    expect(Number(x) + Number(width)).toBeGreaterThan(700);
    expect(Number(x) + Number(width)).toBeLessThan(975);
  });

  it.each(['still-broken', 'declined', 'told-outside'])('is the whole of %s', (name) => {
    const { page, shown, until } = viewOf(name);

    expect(shown).toBe(until);
    expect(page).not.toContain('Shown until');
  });
});

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one).localeCompare(JSON.stringify(other));
}
