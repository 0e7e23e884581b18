/** What a rollback took back: the commits and pull requests between two releases. */

import type { ReleaseChange } from '../../postmortem/plans.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import { sentence } from '../../timeline/wording.ts';
import type { Marked, Writing } from './pen.ts';

/** Release by release, each commit once. Nothing where no plan compared two. */
export function changes({ changes }: ToldPostmortem, writing: Writing): Marked {
  const { pen } = writing;
  if (changes.length === 0) return '';
  return pen.section(
    'What changed in the release',
    pen.paragraph('Between the release to go back to and the one that was live.'),
    ...changes.map((change, index) => releaseChange(change, changes.slice(0, index), writing)),
  );
}

/** @param before the changes that were told already; what they list is not listed again. */
function releaseChange(
  change: ReleaseChange,
  before: readonly ReleaseChange[],
  { pen }: Writing,
): Marked {
  const { component, suspect, target, url, truncated, unknown } = change;
  const compare = url === undefined ? '' : ` (${pen.link('compare', url)})`;
  const intro = `${pen.text(component)}, from ${pen.code(target)} to ${pen.code(suspect)}${compare}:`;
  if (unknown !== undefined)
    return pen.paragraph(`${intro} not known. ${pen.text(sentence(unknown))}`);
  const told = before.filter((one) => one.component === component && one.target === target);
  const listed = new Set(told.flatMap(idsIn));
  const pullRequests = change.pullRequests.filter(({ url }) => !listed.has(url));
  const commits = change.commits
    .filter(isOfNone(change.pullRequests))
    .filter(({ id }) => !listed.has(id));
  const isPartTold = idsIn(change).some((id) => listed.has(id));
  if (isPartTold && pullRequests.length + commits.length === 0)
    return pen.paragraph(`${intro} the same as above.`);
  return pen.blocks(
    pen.paragraph(isPartTold ? `${intro} what is listed above, and besides` : intro),
    pen.table(
      ['Pull request', 'Title', 'Author'],
      pullRequests.map(({ number, title, author, url }) => [
        pen.link(`#${number}`, url),
        pen.text(title),
        pen.text(author),
      ]),
    ),
    pen.table(
      ['Commit', 'Title', 'Author'],
      commits.map(({ id, title, author }) => [
        pen.code(id.slice(0, 10)),
        pen.text(title),
        pen.text(author),
      ]),
    ),
    change.commits.length + pullRequests.length === 0
      ? pen.paragraph('No commit lies between them.')
      : '',
    truncated ? pen.paragraph('The list was cut by the system that gave it; there is more.') : '',
  );
}

function idsIn({ commits, pullRequests }: ReleaseChange): readonly string[] {
  return [...commits.map(({ id }) => id), ...pullRequests.map(({ url }) => url)];
}

/** The commit of a merge says nothing that its pull request does not: `Move the basket (#517)`. */
function isOfNone(
  pullRequests: ReleaseChange['pullRequests'],
): (commit: ReleaseChange['commits'][number]) => boolean {
  const told = new Set(pullRequests.map(({ number }) => String(number)));
  return ({ title }) => !told.has(/\(#(\d+)\)$/.exec(title)?.[1] ?? '');
}
