import { randomUUID } from 'node:crypto';
import type { Agenda } from '../agenda.ts';
import { exchangeSlots, type Site, type Slot } from './world.ts';

/** Something that holds a site while it runs. */
export interface Operation {
  readonly id: string;
  readonly site: Site;
  /** The vendor's name for it, as its errors show it. */
  readonly name: string;
  readonly createdAt: number;
  /** The end as it was foreseen at the start. */
  readonly endsAt: number;
  readonly requestId: string;
  state: 'running' | 'succeeded' | 'failed';
  /** Why it failed. */
  message?: string;
}

interface Swap {
  readonly site: Site;
  readonly source: Slot;
  readonly target: Slot;
  readonly takesMs: number;
  /** Ends so, and changes nothing. */
  readonly failsWith?: string | undefined;
  /** Called once, at the end. */
  readonly ended: (operation: Operation) => void;
}

export interface Operations {
  /** Starts a swap; the exchange of the slots is its last moment. */
  swap(swap: Swap): Operation;
  /** Holds the site for somebody else's operation. */
  hold(site: Site, ms: number): Operation;
  running(site: Site): Operation | undefined;
  find(id: string): Operation | undefined;
}

/** Operations that advance by the agenda's clock, however often they are asked about. */
export function createOperations(agenda: Agenda): Operations {
  const operations = new Map<string, Operation>();

  function begin(site: Site, name: string, takesMs: number): Operation {
    const operation: Operation = {
      id: randomUUID(),
      site,
      name,
      createdAt: agenda.now(),
      endsAt: agenda.now() + takesMs,
      requestId: randomUUID(),
      state: 'running',
    };
    operations.set(operation.id, operation);
    return operation;
  }

  return {
    swap({ site, source, target, takesMs, failsWith, ended }) {
      const operation = begin(site, 'SwapSiteSlots', takesMs);
      agenda.later(takesMs, () => {
        if (failsWith === undefined) {
          exchangeSlots(site, source, target, agenda.now());
          operation.state = 'succeeded';
        } else {
          operation.state = 'failed';
          operation.message = failsWith;
        }
        ended(operation);
      });
      return operation;
    },
    hold(site, ms) {
      const operation = begin(site, 'Update', ms);
      agenda.later(ms, () => {
        operation.state = 'succeeded';
      });
      return operation;
    },
    running(site) {
      for (const operation of operations.values()) {
        if (operation.site === site && operation.state === 'running') return operation;
      }
      return undefined;
    },
    find(id) {
      return operations.get(id);
    },
  };
}
