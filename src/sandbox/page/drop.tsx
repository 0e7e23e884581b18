/** A button in the head of a channel that shows a short list below it. */

import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { closesOnEscape, usePopup } from './popup.ts';

interface DropProps {
  readonly label: ComponentChildren;
  /** The list; `close` is for what is pressed in it. */
  readonly children: (close: () => void) => ComponentChildren;
}

/** Escape closes it, and so does a press elsewhere. */
export function Drop({ label, children }: DropProps) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { root, popup } = usePopup(isOpen, () => setOpen(false));
  const id = useId();

  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }

  return (
    <div class="popup-root" ref={root} onKeyDown={closesOnEscape(isOpen, close)}>
      <button
        type="button"
        class="drop"
        ref={opener}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {label} <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div class="popup" popover="manual" id={id} ref={popup}>
          <ul>{children(close)}</ul>
        </div>
      )}
    </div>
  );
}
