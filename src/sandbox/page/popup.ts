/** A popup that stands above everything else, beside what opened it. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const GAP_PX = 4;
const MARGIN_PX = 8;

/**
 * The refs of the element that holds the opener and the popup, and of the popup itself. It closes when the focus or a
 * press goes elsewhere. A popup with the attribute `popover` is put into the browser's top layer: nothing that it stands
 * in cuts it off, be it a message or the edge of a phone.
 */
export function usePopup(isOpen: boolean, close: () => void) {
  const root = useRef<HTMLDivElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = (event: Event): void => {
      if (!(event.target instanceof Node) || !root.current?.contains(event.target)) close();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  useLayoutEffect(() => {
    const [opener, element] = [root.current, popup.current];
    if (!isOpen || !opener || !element?.popover) return undefined;
    element.showPopover();
    const place = (): void => placeBeside(opener.getBoundingClientRect(), element);
    place();
    // What it belongs to moves when a message comes in.
    window.addEventListener('scroll', place, true);
    window.addEventListener('resize', place);
    return () => {
      window.removeEventListener('scroll', place, true);
      window.removeEventListener('resize', place);
    };
  }, [isOpen]);
  return { root, popup };
}

/** For the element that holds the opener and the popup: Escape closes the popup, and nothing that it stands in. */
export function closesOnEscape(isOpen: boolean, close: () => void) {
  return (event: KeyboardEvent): void => {
    if (!isOpen || event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
}

/** Below the opener, or above it where there is more room; always inside the window. */
function placeBeside(opener: DOMRect, popup: HTMLElement): void {
  const { style } = popup;
  const below = window.innerHeight - opener.bottom;
  const isBelow = popup.scrollHeight + GAP_PX + MARGIN_PX <= below || below >= opener.top;
  style.minWidth = `max(13rem, ${opener.width}px)`;
  style.maxHeight = `${(isBelow ? below : opener.top) - GAP_PX - MARGIN_PX}px`;
  style.top = isBelow ? `${opener.bottom + GAP_PX}px` : 'auto';
  style.bottom = isBelow ? 'auto' : `${window.innerHeight - opener.top + GAP_PX}px`;
  const rightmost = window.innerWidth - popup.offsetWidth - MARGIN_PX;
  style.left = `${Math.max(MARGIN_PX, Math.min(opener.left, rightmost))}px`;
}
