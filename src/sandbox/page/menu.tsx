/** A button that opens a menu. */

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { closesOnEscape, usePopup } from './popup.ts';

interface MenuProps {
  readonly label: string;
  /** What is drawn on the button; three dots unless given. */
  readonly sign?: ComponentChildren;
  readonly items: readonly { readonly value: string; readonly label: string }[];
  readonly onPick: (value: string) => void;
}

/** Arrow keys, Home and End move, Enter picks, Escape closes. */
export function Menu({ label, sign = '⋯', items, onPick }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const { root, popup: list } = usePopup(isOpen, () => setOpen(false));
  useEffect(() => {
    if (isOpen) list.current?.querySelector('button')?.focus();
  }, [isOpen]);

  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }

  function move(event: KeyboardEvent): void {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const last = buttons.length - 1;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons.at(next > last ? 0 : next)?.focus();
  }

  return (
    <div class="popup-root" ref={root} onKeyDown={closesOnEscape(isOpen, close)}>
      <button
        type="button"
        class="button dots"
        ref={opener}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true">{sign}</span>
      </button>
      {isOpen && (
        <div
          class="popup"
          popover="manual"
          role="menu"
          id={id}
          aria-label={label}
          ref={list}
          onKeyDown={move}
        >
          {items.map((item) => (
            <button
              type="button"
              role="menuitem"
              key={item.value}
              onClick={() => {
                close();
                onPick(item.value);
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
