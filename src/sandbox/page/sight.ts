/** Finds a message in the open conversation, and what stands in it. */

const MARKED_MS = 2_000;

/**
 * Scrolls to the message with that `ts`, or to its button with that label, which gets the focus and stands out for a moment. A
 * canvas that is open in its place is left.
 */
export function bringIntoSight(ts: string, label?: string): void {
  const canvas = document.querySelector<HTMLElement>('.channel-head [aria-pressed="true"]');
  if (!canvas) {
    show(ts, label);
    return;
  }
  canvas.click();
  // In the next frame the messages are drawn, and have gone to their end.
  requestAnimationFrame(() => setTimeout(show, 0, ts, label));
}

function show(ts: string, label?: string): void {
  const message = document.querySelector<HTMLElement>(`.messages [data-ts="${ts}"]`);
  const buttons = [...(message?.querySelectorAll<HTMLElement>('button') ?? [])];
  const button = buttons.findLast(({ textContent }) => textContent === label);
  const found = button ?? message;
  if (!found) return;
  found.scrollIntoView({ block: button ? 'center' : 'start' });
  button?.focus({ preventScroll: true });
  const color = getComputedStyle(found).getPropertyValue('--link');
  const outline = `3px solid ${color}`;
  found.animate([{ outline }, { outline }], MARKED_MS);
}
