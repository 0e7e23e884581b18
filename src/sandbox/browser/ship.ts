/** Cleo ships one more release, as the pipeline of the checkout does: to staging, then swapped into production. */

import { addCommit, moveRef, type Person, stamp } from '../cloud/github/index.ts';
import type { CheckoutWorld, Cloud, Release } from '../cloud/index.ts';

const AUTHOR = 'cleo@acme.example';
const CLEO: Person = { name: 'Cleo Lindqvist', login: 'cleo-l' };

/** Ships a release whose checkout fails; the one that was live is left in the other slot. */
export function shipBadRelease(cloud: Cloud, world: CheckoutWorld): Release {
  const repository = cloud.github.repository(world.repository);
  const version = nextVersion(cloud.azure.slots.map(({ release }) => release.version));
  const parent = repository.refs.get('refs/heads/main');
  const { sha } = addCommit(repository, 'main', {
    message: `Apply vouchers before taxes, for ${version}`,
    author: CLEO,
    date: stamp(cloud.now()),
    parents: parent === undefined ? [] : [parent],
    files: [{ filename: 'src/totals.js', status: 'modified', additions: 12, deletions: 9 }],
  });
  moveRef(repository, `refs/tags/v${version}`, sha);
  const release: Release = {
    version,
    commit: sha,
    message: `Release ${version}`,
    author: AUTHOR,
    deployedAt: new Date(cloud.now()).toISOString(),
    behaviour: 'errors',
  };
  cloud.azure.deployTo(world.slot, release);
  cloud.azure.swapBehindYourBack(AUTHOR, world.slot);
  return release;
}

/** The minor version after the highest one; `2.4.0` after `2.3.1`. */
function nextVersion(versions: readonly string[]): string {
  const minors = versions.map((version) => Number(version.split('.')[1] ?? 0));
  return `2.${Math.max(...minors) + 1}.0`;
}
