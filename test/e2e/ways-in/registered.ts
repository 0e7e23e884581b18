/** Every way in that the app registers with Bolt, read from its own registry: one that is new has to have its row. */

import { ALERT_PAYLOADS } from '../../../src/commands/alert-payloads.ts';
import type { AlertStore } from '../../../src/commands/alert-store.ts';
import type { Desk } from '../../../src/commands/desk.ts';
import type { HomeTabs } from '../../../src/commands/home-tabs.ts';
import { SUBCOMMANDS } from '../../../src/commands/incident.ts';
import { registerAll } from '../../../src/commands/register.ts';

export interface Registered {
  readonly commands: readonly string[];
  /** Words after `/incident`. */
  readonly subcommands: readonly string[];
  readonly clicks: readonly string[];
  readonly forms: readonly string[];
  readonly shortcuts: readonly string[];
  readonly events: readonly string[];
  /** Kinds of alert sources. */
  readonly alerts: readonly string[];
}

/** Registers everything on a desk that only takes notes. */
export function registered(): Registered {
  const commands: string[] = [];
  const clicks: string[] = [];
  const forms: string[] = [];
  const shortcuts: string[] = [];
  const events: string[] = [];
  const note =
    (notes: string[]) =>
    (name: string): void => {
      notes.push(name);
    };
  const desk = {
    app: {
      command: note(commands),
      event: note(events),
      shortcut: ({ callback_id: id }: { readonly callback_id: string }) => shortcuts.push(id),
      action: ({ action_id: id }: { readonly action_id: string }) => clicks.push(id),
    },
    switchboard: { click: note(clicks), submit: note(forms) },
  };
  registerAll(desk as unknown as Desk, {} as AlertStore, {} as HomeTabs);
  const subcommands = Object.keys(SUBCOMMANDS);
  return {
    commands,
    subcommands,
    clicks,
    forms,
    shortcuts,
    events,
    alerts: Object.keys(ALERT_PAYLOADS),
  };
}
