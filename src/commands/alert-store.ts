/** The groups of alerts, as the fold of their stream in the journal. */

import {
  type Alert,
  type AlertEvent,
  type AlertGroup,
  applyToAlerts,
  type RecordedAlert,
  receiveAlert,
} from '../alerts.ts';
import type { Actor } from '../events.ts';
import { hideSecrets } from '../hide-secrets.ts';
import type { Entry, Journal } from '../journal/journal.ts';

const STREAM = 'alerts';

export interface AlertStore {
  groups(): readonly AlertGroup[];
  group(id: string): AlertGroup | undefined;
  /** Durable when it resolves; returns the groups that changed. @throws JournalError */
  receive(source: string, alerts: readonly Alert[]): Promise<readonly AlertGroup[]>;
  /** Records a decision about a group. @throws JournalError */
  record(actor: Actor, event: AlertEvent): Promise<void>;
  subscribe(reactor: (group: AlertGroup) => void): void;
}

/**
 * Folds the journal once, then follows what is appended here. @param redact hides what alerts must not bring into it.
 * @param isOver whether the incident of a group is over.
 */
export function openAlertStore(
  journal: Journal,
  now: () => number,
  redact: (text: string) => string,
  isOver: (group: AlertGroup) => boolean,
): AlertStore {
  const reactors = new Set<(group: AlertGroup) => void>();
  let groups: readonly AlertGroup[] = [];
  for (const entry of journal.entriesOf(STREAM)) groups = applyToAlerts(groups, asAlert(entry));

  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: each decides on what the one before has left. */
  function append(
    actor: Actor,
    decide: (state: readonly AlertGroup[]) => readonly AlertEvent[],
  ): Promise<readonly AlertGroup[]> {
    const work = last.then(() => appendNow(actor, decide));
    last = work.catch(() => undefined);
    return work;
  }

  async function appendNow(
    actor: Actor,
    decide: (state: readonly AlertGroup[]) => readonly AlertEvent[],
  ): Promise<readonly AlertGroup[]> {
    const entries = await journal.transact((tx) =>
      tx.append(decide(groups).map((event) => ({ ...event, stream: STREAM, actor }))),
    );
    for (const entry of entries) groups = applyToAlerts(groups, asAlert(entry));
    const ids = new Set(entries.map((entry) => asAlert(entry).data.group));
    const changed = groups.filter(({ id }) => ids.has(id));
    for (const group of changed) for (const reactor of reactors) reactor(group);
    return changed;
  }

  return {
    groups: () => groups,
    group: (id) => groups.find((group) => group.id === id),
    async receive(source, alerts) {
      const changed = new Map<string, AlertGroup>();
      for (const alert of hideSecrets(alerts, redact)) {
        const after = await append({ kind: 'backstop' }, (state) =>
          receiveAlert(state, source, alert, now(), isOver),
        );
        for (const group of after) changed.set(group.id, group);
      }
      return [...changed.values()];
    },
    record: async (actor, event) => {
      await append(actor, () => [event]);
    },
    subscribe: (reactor) => {
      reactors.add(reactor);
    },
  };
}

function asAlert(entry: Entry): RecordedAlert {
  return entry as unknown as RecordedAlert;
}
