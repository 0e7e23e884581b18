/** A dialog over the page: the browser itself keeps the focus inside and gives it back afterwards. */

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** Where the focus goes: the first field, else the first answer, which is the harmless one. */
const FIRST = '.body :is(input, textarea, button), footer button';

export interface DialogProps {
  readonly title: string;
  /** Escape, or the cross. */
  readonly onClose: () => void;
  /** Enter in a field, or the submit button. */
  readonly onSubmit?: () => void;
  readonly children: ComponentChildren;
  readonly footer: ComponentChildren;
  readonly isSmall?: boolean;
}

/** Opens when it is shown, closes when it is taken away. */
export function Dialog(props: DialogProps) {
  const { title, onClose, onSubmit, children, footer, isSmall = false } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    const first = dialog.current?.querySelector<HTMLElement>(FIRST);
    first?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={isSmall ? 'dialog small' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={onClose}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon" aria-label="Close" onClick={onClose}>
            <span aria-hidden="true">×</span>
          </button>
        </header>
        <div class="body">{children}</div>
        <footer>{footer}</footer>
      </form>
    </dialog>
  );
}
