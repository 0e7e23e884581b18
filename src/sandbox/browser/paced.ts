/** A story told slowly enough to be watched: everybody waits a moment before they act. */

import type { Cast, Stage } from '../stage.ts';
import type { Person } from '../workspace/person.ts';

/** What people do, in words; the rest of what they can do is looking. */
const DOING = {
  command: (_channel: unknown, line: unknown) => `types ${String(line)}`,
  click: (label: unknown) => `presses “${String(label)}”`,
  say: () => 'writes a message',
  fill: (label: unknown) => `fills in “${String(label)}”`,
  pick: (label: unknown, option: unknown) => `chooses ${String(option)} for “${String(label)}”`,
  choose: (label: unknown, option: unknown) => `chooses ${String(option)} for “${String(label)}”`,
  submit: () => 'submits the form',
  closeModal: () => 'closes the dialog',
  react: (emoji: unknown) => `reacts with :${String(emoji)}:`,
  pin: () => 'pins a message',
  shortcut: () => 'uses a shortcut',
  messageShortcut: () => 'uses a shortcut',
} satisfies Partial<Record<keyof Person, (...args: readonly unknown[]) => string>>;

/** Waits before an act: what is done, and by whom, a name such as `ana`. */
export type Beat = (words: string, by: keyof Cast) => Promise<void>;

/** The stage with a `beat` before each act; a beat that rejects ends the story there. */
export function pacedStage(stage: Stage, beat: Beat): Stage {
  const { ana, ben, cleo, dee } = stage.people;
  const people: Cast = {
    ana: paced(ana, 'ana', beat),
    ben: paced(ben, 'ben', beat),
    cleo: paced(cleo, 'cleo', beat),
    dee: paced(dee, 'dee', beat),
  };
  return { ...stage, people };
}

function paced(person: Person, by: keyof Cast, beat: Beat): Person {
  return new Proxy(person, {
    get(target, key) {
      const act: unknown = Reflect.get(target, key);
      if (typeof act !== 'function' || !Object.hasOwn(DOING, key)) return act;
      const words = DOING[key as keyof typeof DOING] as (...args: unknown[]) => string;
      return async (...args: unknown[]): Promise<unknown> => {
        await beat(`${target.name} ${words(...args)}`, by);
        return (act as (...args: unknown[]) => Promise<unknown>).apply(target, args);
      };
    },
  });
}
