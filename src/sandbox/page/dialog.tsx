/** A dialog over the page: the browser itself keeps the focus inside and gives it back afterwards. */

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { borrowFocus } from './focus.ts';

/** Where the focus goes: the first field, else the first answer, which is the harmless one. */
const FIRST = '.body :is(input, textarea, button), footer button';

export interface DialogProps {
  readonly title: string;
  /** Escape. */
  readonly onClose: () => void;
  /** The cross; what Escape does unless given. */
  readonly onCross?: () => void;
  /** Enter in a field, or the submit button. */
  readonly onSubmit?: () => void;
  readonly children: ComponentChildren;
  readonly footer: ComponentChildren;
  readonly isSmall?: boolean;
}

/** Opens when it is shown, closes when it is taken away. */
export function Dialog(props: DialogProps) {
  const { title, onClose, onCross = onClose, onSubmit, children, footer, isSmall = false } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const giveBack = borrowFocus();
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>(FIRST)?.focus();
    return giveBack;
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
          <button type="button" class="icon" aria-label="Close" onClick={onCross}>
            <span aria-hidden="true">×</span>
          </button>
        </header>
        <div class="body">{children}</div>
        <footer>{footer}</footer>
      </form>
    </dialog>
  );
}
