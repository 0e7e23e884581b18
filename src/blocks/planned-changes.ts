/** What a plan moves between, and what changed there: commits and pull requests. */

import type { KnownBlock } from '@slack/types';
import type { Version } from '../component.ts';
import type { Plan, PlannedComponent } from '../plan.ts';
import { blocksOf, section } from './elements.ts';
import { code, count, line, linesThatFit, link, onDay } from './mrkdwn.ts';

const COMPONENTS_SHOWN = 4;
const COMPONENTS_ROOM = 1400;
const COMMITS_SHOWN = 10;
const PULL_REQUESTS_SHOWN = 5;
const CHANGES_ROOM = 2200;

/** For each component what is live and what it goes to. */
export function versions({ components }: Plan): KnownBlock | undefined {
  if (components.length === 0) return undefined;
  return section(linesThatFit(components.map(versionsOf), COMPONENTS_ROOM));
}

/** What a restore point keeps of each component with versions. */
export function pinned({ components }: Plan): KnownBlock | undefined {
  if (components.length === 0) return undefined;
  const lines = components.map(
    ({ title, live }) =>
      `*${line(title, 120)}*: pinned at *${line(live.label, 80)}*${origin(live)}`,
  );
  return section(linesThatFit(lines, COMPONENTS_ROOM));
}

/** What lies between the two versions of each component, or why nobody can tell. */
export function changes({ components }: Plan): readonly KnownBlock[] {
  const shown = components.slice(0, COMPONENTS_SHOWN);
  const room = Math.floor(CHANGES_ROOM / Math.max(1, shown.length));
  return blocksOf(...shown.map((component) => changesOf(component, room)));
}

function versionsOf({ title, live, target }: PlannedComponent): string {
  const note = target.note ? ` (${line(target.note, 120)})` : '';
  return [
    `*${line(title, 120)}*`,
    `Live: *${line(live.label, 80)}*${origin(live)}`,
    `Goes to: *${line(target.label, 80)}*${note}`,
  ].join('\n');
}

function origin({ since, by }: Version): string {
  const when = since === undefined ? '' : ` since ${onDay(since)}`;
  return by ? `${when}, by ${line(by, 60)}` : when;
}

function changesOf(component: PlannedComponent, room: number): KnownBlock | undefined {
  const { changes: set, changesUnknown, title, live, target } = component;
  const heading = `*What changed* in ${line(title, 120)} between ${line(target.label, 60)} and ${line(live.label, 60)}`;
  if (!set) {
    const why = changesUnknown ? `: ${line(changesUnknown, 300)}` : '.';
    return section(`${heading} is not known${why}`);
  }
  const compare = set.url ? link(set.url, 'Compare') : '';
  // A commit that a pull request listed here has brought in says nothing new.
  const listed = set.pullRequests.slice(0, PULL_REQUESTS_SHOWN).map(({ number }) => `(#${number})`);
  const alone = set.commits.filter(
    ({ title: words }) => !listed.some((mark) => words.endsWith(mark)),
  );
  const commits = alone
    .slice(0, COMMITS_SHOWN)
    .map(
      ({ id, title: words, author }) =>
        `• ${code(id.slice(0, 7))} ${line(words, 100)} (${line(author, 40)})`,
    );
  const requests = set.pullRequests
    .slice(0, PULL_REQUESTS_SHOWN)
    .map(
      ({ number, title: words, author, url }) =>
        `• ${link(url, `#${number}`)} ${line(words, 100)} (${line(author, 40)})`,
    );
  const some = set.truncated ? 'at least ' : '';
  const total = `${some}${count(set.commits.length, 'commit')}, ${count(set.pullRequests.length, 'pull request')}`;
  const left = alone.length + set.pullRequests.length - commits.length - requests.length;
  const rest = left > 0 ? [`and ${left} more`] : [];
  const frame = `${heading}: ${total}. ${compare}`;
  return section(
    frame,
    linesThatFit([...requests, ...commits, ...rest], Math.max(60, room - frame.length)),
  );
}
