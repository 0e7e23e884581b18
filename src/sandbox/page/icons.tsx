/** The page's own signs, drawn: not every machine has a font for them. */

/** Two arrows back: Backstop's sign. */
export function BotSign() {
  return (
    <svg class="icon-sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 5.5v13L3 12zM21 5.5v13L12 12z" />
    </svg>
  );
}

/** An arrow out of a frame: another window. */
export function WindowSign() {
  return (
    <svg class="icon-sign line-sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5" />
    </svg>
  );
}
