/** Waiting for something to come into sight. */
const STEP_MS = 10;

/** The first look that finds something. Throws the complaint, made at the end, after `patienceMs` (real time). */
export async function until<T>(
  look: () => T | undefined,
  patienceMs: number,
  complaint: () => string,
): Promise<T> {
  const found = await within(look, patienceMs);
  if (found === undefined) throw new Error(complaint());
  return found;
}

/** What the look finds within `forMs` (real time), or undefined when it found nothing all the while. */
export async function within<T>(look: () => T | undefined, forMs: number): Promise<T | undefined> {
  const end = Date.now() + forMs;
  for (;;) {
    const found = look();
    if (found !== undefined || Date.now() >= end) return found;
    await step();
  }
}

function step(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STEP_MS));
}
