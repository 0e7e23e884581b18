/** What is left when a story has ended: in the journal, in the systems, and in Slack. Times, counts of looks and whether an export was noted left out. */

import { readdir } from 'node:fs/promises';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import type { ShopDatabase } from '../../src/sandbox/database/index.ts';
import type { Stage } from '../../src/sandbox/stage.ts';

export interface FinalState {
  readonly incident: unknown;
  readonly world: unknown;
  readonly slack: unknown;
}

/** @throws Error when the journal does not verify, or an incident cannot be folded. */
export async function finalState(stage: Stage, file: string): Promise<FinalState> {
  const { database } = stage;
  const world = { ...worldState(stage), database: database && (await databaseState(database)) };
  return { incident: incidentState(file), world, slack: slackState(stage) };
}

function incidentState(file: string): unknown {
  const journal = openSqliteJournal({ file, now: Date.now, readOnly: true });
  try {
    const verification = journal.verify();
    if (!verification.ok) throw new Error(`The journal does not verify: ${verification.detail}`);
    return createLoop(journal, Date.now)
      .incidents()
      .map((incident) => ({
        id: incident.id,
        status: incident.status,
        channel: incident.channel?.name,
        severity: incident.severity?.is,
        response: incident.response?.is,
        roles: incident.roles,
        answers: incident.answers,
        responders: [...incident.responders].sort(),
        proposals: incident.proposals.map(({ plan, state, approvals }) => ({
          title: withoutCommit(plan.title),
          state,
          approvals: approvals.length,
        })),
        runs: incident.runs.map(({ kind, status, outcome, steps }) => ({
          kind,
          status,
          outcome,
          steps: Object.values(steps).map((step) => step.status),
        })),
        quickFix: incident.quickFix?.state,
        contacts: incident.contactsCalled?.contacts,
      }));
  } finally {
    void journal.close();
  }
}

/** The id of a commit depends on the second at which it was made. */
function withoutCommit(title: string): string {
  return title.replace(/\b[0-9a-f]{7}\b/, 'a commit');
}

function worldState({ cloud, worker, workflow, config, aws, flags }: Stage): object {
  const { azure, github, contentful, statuspage } = cloud;
  const made = { ...azure.mutations, ...github.mutations, ...contentful.mutations };
  const space = config.includes('contentful-environment') ? contentful.space() : undefined;
  return {
    slots: azure.slots.map(({ name, release }) => [name, release?.version]),
    branches: [...github.repository().refs.keys()].sort(),
    deployed: workflow?.live().version,
    image: worker && azure.containerGroups.image(worker.group),
    content: space && { live: space.live, environments: [...space.environments].sort() },
    tasks: aws && {
      live: aws.live().environment['APP_VERSION'],
      deployments: aws.deployments.map(({ status }) => status),
    },
    flags: flags && [...flags.flags].map(([key, { on, version }]) => [key, on, version]),
    queue: { pausedBy: cloud.worker.pausedBy, mails: cloud.worker.mails.map(({ to }) => to) },
    notices: statuspage.incidents.map(({ status }) => status),
    letters: statuspage.mailsSent,
    // The one number that must never grow by a crash: how often something was changed.
    changes: Object.entries(made).sort(([a], [b]) => a.localeCompare(b)),
  };
}

/** The databases there are and what is in them, the backups, and what was done around them. */
async function databaseState(database: ShopDatabase): Promise<unknown> {
  const [databases, contents, backups] = await Promise.all([
    database.databases(),
    database.contents(),
    readdir(database.backups, { recursive: true }),
  ]);
  return {
    databases: databases.map(withoutNumbers),
    contents: contents.map(withoutNumbers),
    backups: backups.map(withoutNumbers).sort(),
  };
}

/** Names are told apart by when they were made. */
function withoutNumbers(name: string): string {
  return name.replaceAll(/\d{4,}/g, 'N');
}

/** A reminder's key ends in the instant since which it is due. */
function withoutTime(key: string): string {
  return key.replace(/\/\d{13}$/, '');
}

/** Which messages stand where, each by the key that Backstop gave it, and how often. */
function slackState({ workspace }: Stage): unknown {
  const channels = [...workspace.state.channels.values()].filter(({ kind }) => kind !== 'im');
  return channels.map(({ name, messages, pins, topic }) => {
    const keys = messages.flatMap(({ metadata }) => {
      const payload = metadata?.['event_payload'] as { readonly key?: string } | undefined;
      return payload?.key === undefined ? [] : [withoutTime(payload.key)];
    });
    return { name, messages: keys.sort(), pins: pins.length, topic };
  });
}
