/** What a command prints, kept within a limit and without secrets. */

import { createRedactor } from '../../redact.ts';

/** The beginning and the end of what is printed are kept; what is between them is counted. Characters. */
const HEAD = 8_000;
const TAIL = 24_000;
/** A longer line is counted, not kept: a cut in the middle of it could leave half a secret that nobody recognises. */
const LONGEST_LINE = 4_000;

export interface Output {
  /** What one of its outputs prints. Each has lines of its own: what comes between two halves of one must not hide that they are one. */
  stream(): OutputStream;
  /** The kept lines, secrets redacted, with a note where lines are missing. */
  text(): string;
  /** The last `count` lines that hold something, secrets redacted. */
  lastLines(count: number): string;
}

interface OutputStream {
  write(text: string): void;
  /** Nothing more comes: what has come of a line counts as one. */
  end(): void;
}

/**
 * Collects whole lines as they come; of one that has only begun nothing is shown, for the rest of a secret may be on its way.
 * A carriage return ends a line too: that is how a progress bar is drawn. Time and memory are bounded, however much is printed.
 */
export function collectOutput(secrets: readonly string[]): Output {
  const known = secrets.flatMap(withLines);
  const redact = createRedactor(known);
  const head: string[] = [];
  const tail: string[] = [];
  let headSize = 0;
  let tailSize = 0;
  let leftOut = 0;

  function keep(line: string): void {
    if (leftOut === 0 && tail.length === 0 && headSize + line.length < HEAD) {
      head.push(line);
      headSize += line.length + 1;
      return;
    }
    tail.push(line);
    tailSize += line.length + 1;
    while (tailSize > TAIL) {
      tailSize -= (tail.shift()?.length ?? 0) + 1;
      leftOut += 1;
    }
  }

  function stream(): OutputStream {
    let current = '';
    let overlong = 0;
    let inKey = false;

    function endLine(): void {
      const length = overlong + current.length;
      // A private key goes over many lines, each of which looks like nothing in particular.
      const line = inKey
        ? undefined
        : length > LONGEST_LINE
          ? `[a line of ${length} characters]`
          : current;
      if (/-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/.test(current)) {
        inKey = true;
        keep('[redacted]');
      } else if (line !== undefined) keep(line);
      if (/-----END [A-Z0-9 ]{0,30}PRIVATE KEY/.test(current)) inKey = false;
      current = '';
      overlong = 0;
    }

    function add(part: string): void {
      const room = LONGEST_LINE + 1 - current.length;
      current += part.slice(0, Math.max(0, room));
      overlong += Math.max(0, part.length - Math.max(0, room));
    }

    return {
      write(text) {
        const parts = text.split(/\r?\n|\r/);
        parts.forEach((part, index) => {
          add(part);
          if (index < parts.length - 1) endLine();
        });
      },
      end() {
        // It may have been ended in the middle of a secret.
        if (overlong === 0) current = withoutBeginning(current, known);
        if (current !== '') endLine();
      },
    };
  }

  function lines(): readonly string[] {
    const gap = leftOut > 0 ? [`[${leftOut} lines left out]`] : [];
    // The head and the tail are redacted apart: a line left out between them may have belonged to either.
    return [...redacted(head), ...gap, ...redacted(tail)];
  }

  function redacted(some: readonly string[]): readonly string[] {
    return some.length === 0 ? [] : redact(some.join('\n')).split('\n').map(plain);
  }

  return {
    stream,
    text: () => lines().join('\n'),
    lastLines: (count) =>
      lines()
        .filter((line) => line.trim() !== '')
        .slice(-count)
        .join('\n'),
  };
}

/** As many characters of a secret are no coincidence. */
const SHORTEST_BEGINNING = 4;

/** What has come of a line so far, without the beginning of a secret at its end: the rest of it may be on its way. */
function withoutBeginning(line: string, secrets: readonly string[]): string {
  const lengths = secrets.map((secret) => {
    for (let length = secret.length - 1; length >= SHORTEST_BEGINNING; length -= 1)
      if (line.endsWith(secret.slice(0, length))) return length;
    return 0;
  });
  return line.slice(0, line.length - Math.max(0, ...lengths));
}

/** A secret of many lines is also secret line by line. */
function withLines(secret: string): readonly string[] {
  return secret.includes('\n') ? [secret, ...secret.split(/\r?\n/)] : [secret];
}

/** Without what moves a terminal's cursor or colours it, and without other control characters. */
function plain(line: string): string {
  return line
    .replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (c) => (c === '\t' ? ' ' : ''));
}
