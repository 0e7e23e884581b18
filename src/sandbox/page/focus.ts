/** Where the focus goes when what had it is gone. */

/**
 * Remembers what has the focus. The result gives it back, or to where one writes when that is gone meanwhile. Where `borrower`
 * is given, only from there: whoever has moved on keeps the focus where it is.
 */
export function borrowFocus(borrower?: Element | null): () => void {
  const before = document.activeElement;
  return () => {
    const now = document.activeElement ?? document.body;
    if (borrower && now !== document.body && !borrower.contains(now)) return;
    const isThere = before instanceof HTMLElement && before !== document.body && before.isConnected;
    if (isThere) before.focus();
    else focusField(document);
  };
}

/** Puts the focus into where one writes, except where that would bring up a keyboard over half of the page. */
export function focusField(within: ParentNode | null): void {
  if (matchMedia('(hover: none)').matches) return;
  within?.querySelector<HTMLElement>('.composer textarea')?.focus();
}
