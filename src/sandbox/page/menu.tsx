/** A button with three dots that opens a menu. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useCloseOutside } from './popup.ts';

interface MenuProps {
  readonly label: string;
  readonly items: readonly { readonly value: string; readonly label: string }[];
  readonly onPick: (value: string) => void;
}

/** Arrow keys move, Enter picks, Escape closes. */
export function Menu({ label, items, onPick }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const root = useCloseOutside(isOpen, () => setOpen(false));
  useEffect(() => {
    if (isOpen) list.current?.querySelector('button')?.focus();
  }, [isOpen]);

  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }

  function move(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }

  return (
    <div class="popup-root" ref={root}>
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
        <span aria-hidden="true">⋯</span>
      </button>
      {isOpen && (
        <div class="popup" role="menu" id={id} aria-label={label} ref={list} onKeyDown={move}>
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
