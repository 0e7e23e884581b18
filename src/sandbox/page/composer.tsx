/** Where a person writes: messages, and slash commands with their completion. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { CommandInfo } from '../browser/protocol.ts';
import { Menu } from './menu.tsx';
import { useReader } from './reader.ts';

interface ComposerProps {
  readonly channel: string;
  /** What it is written to, such as `#incidents`. */
  readonly to: string;
  /** The message whose thread is answered. */
  readonly thread?: string;
}

/** Enter sends, Shift+Enter begins a new line; behind a slash the arrow keys choose and Tab completes. */
export function Composer({ channel, to, thread }: ComposerProps) {
  const { store, setting } = useReader();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [isDismissed, setDismissed] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const shortcuts = setting.shortcuts.filter(({ type }) => type === 'global');
  const offered = thread === undefined && !isDismissed ? offeredFor(text, setting.commands) : [];
  const choice = offered[active] ?? offered[0];
  useEffect(() => {
    setText('');
    setActive(0);
  }, [channel, thread]);

  async function send(): Promise<void> {
    const line = text.trim();
    if (line === '') return;
    setText('');
    const isCommand = thread === undefined && line.startsWith('/');
    const done = isCommand
      ? await store.act({ act: 'command', channel, text: line })
      : await store.act({ act: 'say', channel, text: line, ...(thread ? { thread } : {}) });
    if (!done) setText(text);
  }

  function complete(command: CommandInfo): void {
    setText(`${command.command} `);
    box.current?.focus();
  }

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isWhole = choice !== undefined && text.trim() === choice.command;
    if (choice && step !== undefined) {
      setActive((active + step + offered.length) % offered.length);
    } else if (choice && (event.key === 'Tab' || (event.key === 'Enter' && !isWhole))) {
      complete(choice);
    } else if (choice && event.key === 'Escape') setDismissed(true);
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void send();
    else return;
    event.preventDefault();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {offered.length > 0 && (
        <div class="completion" role="listbox" id={id} aria-label="Slash commands">
          {offered.map((command, index) => (
            <div
              key={command.command}
              role="option"
              id={`${id}-${index}`}
              aria-selected={command === choice}
              onClick={() => complete(command)}
            >
              <strong>{command.command}</strong> <span class="quiet">{command.usageHint}</span>
              <small>{command.description}</small>
            </div>
          ))}
        </div>
      )}
      {thread === undefined && shortcuts.length > 0 && (
        <Menu
          label="Shortcuts"
          items={shortcuts.map(({ callbackId, name }) => ({ value: callbackId, label: name }))}
          onPick={(callbackId) => void store.act({ act: 'shortcut', callbackId })}
        />
      )}
      <textarea
        ref={box}
        rows={1}
        value={text}
        aria-label={thread ? 'Reply in the thread' : `Message ${to}`}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={offered.length > 0 ? id : undefined}
        aria-activedescendant={choice ? `${id}-${offered.indexOf(choice)}` : undefined}
        placeholder={thread ? 'Reply…' : `Message ${to}, or / for commands`}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setDismissed(false);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <button type="submit" class="button filled primary" disabled={text.trim() === ''}>
        Send
      </button>
    </form>
  );
}

function offeredFor(text: string, commands: readonly CommandInfo[]): readonly CommandInfo[] {
  return /^\/\S*$/.test(text) ? commands.filter(({ command }) => command.startsWith(text)) : [];
}
