import type { Candidate, Version, Versions } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import type { GitHub } from '../github/client.ts';
import { type Deployed, readDeployed, readLive } from './deployments.ts';
import { DISPATCH_WORKFLOW, type DispatchInput } from './dispatch-input.ts';
import { type GitHubWorkflowSettings, needsTag } from './schema.ts';
import { readTags, type Tags, tagOf } from './tags.ts';

/** What GitHub's deployments say is live and was, by commit. One that its workflow cannot be run for is told, not offered. */
export function createVersions(github: GitHub, settings: GitHubWorkflowSettings): Versions {
  const { environment } = settings;
  return {
    async live(signal) {
      const [live, tags] = await Promise.all([
        readLive(github, environment, signal),
        readTags(github, signal),
      ]);
      if (live) return versionOf(live, tags);
      throw new OutsideError({
        kind: 'not-found',
        system: 'GitHub',
        attempted: `read what is live in ${environment}`,
        on: `repository ${github.name}`,
        answer: 'none of the newest twenty deployments succeeded',
        next: 'Check `environment`: the workflow has to name it in its job, so that GitHub records a deployment.',
      });
    },

    async history(signal) {
      const [deployed, tags] = await Promise.all([
        readDeployed(github, environment, signal),
        readTags(github, signal),
      ]);
      const [live] = deployed;
      const older = deployed.filter(
        (one, index) =>
          one.commit !== live?.commit &&
          deployed.findIndex(({ commit }) => commit === one.commit) === index,
      );
      return older.map((one): Candidate => {
        const version = versionOf(one, tags);
        if (!needsTag(settings) || tagOf(tags, one.commit) !== undefined) {
          return { version, available: true };
        }
        const reason = `no tag is at ${one.commit.slice(0, 7)}, and GitHub runs a workflow on a tag or a branch only`;
        return { version, available: false, reason };
      });
    },

    putBack(target, live) {
      const input: DispatchInput = {
        commit: target.id,
        label: target.label,
        replaces: live.id,
        live: live.label,
      };
      return { operation: DISPATCH_WORKFLOW, input };
    },
  };
}

function versionOf({ id, commit, ref, since, by }: Deployed, tags: Tags): Version {
  return {
    id: commit,
    label: tagOf(tags, commit, ref) ?? commit.slice(0, 7),
    commit,
    since,
    ...(by === undefined ? {} : { by }),
    note: `deployment ${id}, from ${ref}`,
  };
}
