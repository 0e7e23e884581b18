import type { Candidate, Version, Versions } from '../../component.ts';
import type { OperationCall } from '../../operation.ts';
import type { Arm } from './client.ts';
import { ACTIVATE_REVISION, type ActivateInput } from './input.ts';
import type { Revision } from './revision.ts';
import { type App, liveRevision, readApp, usesTraffic } from './revisions.ts';

const MOST_HISTORY = 10;

/** What the app runs and ran: its revisions, of which Azure keeps the last 100. */
export function createVersions(arm: Arm): Versions {
  return {
    async live(signal) {
      return versionOf(liveRevision(await readApp(arm, signal), arm));
    },

    async history(signal) {
      const app = await readApp(arm, signal);
      const live = liveRevision(app, arm);
      return (
        app.revisions
          // Another number of replicas is another revision of the same release.
          .filter((one) => one.runs !== live.runs)
          .slice(0, MOST_HISTORY)
          .map((one) => candidateOf(app, one))
      );
    },

    putBack(target, live): OperationCall {
      const input: ActivateInput = { revision: target.id, replaces: live.id };
      return { operation: ACTIVATE_REVISION, input };
    },
  };
}

/** Why a revision cannot be put in charge as the app is now; undefined when it can. */
export function hindrance(app: App, revision: Revision): string | undefined {
  if (app.mode === 'labels') {
    return 'The app is in a revision mode in which Azure itself moves its labels, which Backstop leaves alone: move the label by hand.';
  }
  if (revision.failure !== undefined) {
    return `Revision ${revision.name} did not start: ${revision.failure}.`;
  }
  const gone = revision.secrets.filter((name) => !app.secrets.includes(name));
  if (gone.length > 0) {
    return `Revision ${revision.name} reads ${gone.join(', ')}, which the app has no secret for any more.`;
  }
  if (usesTraffic(app) && !revision.isActive) {
    return `Revision ${revision.name} is inactive, and only active ones take traffic: activate it first.`;
  }
  if (app.mode === 'multiple' && !usesTraffic(app)) {
    return 'The app keeps several revisions active and has no ingress, so both releases would take jobs: set its revision mode to single.';
  }
  return undefined;
}

function candidateOf(app: App, revision: Revision): Candidate {
  const version = versionOf(revision);
  const reason = hindrance(app, revision);
  if (reason !== undefined) return { version, available: false, reason };
  return { version, available: true, reason: `Revision ${revision.name} is kept by Azure.` };
}

function versionOf({ name, label, commit, createdAt }: Revision): Version {
  return {
    id: name,
    label,
    ...(commit !== undefined && { commit }),
    ...(createdAt !== undefined && { since: createdAt }),
  };
}
