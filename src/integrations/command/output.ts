/** What a command prints, kept within a limit and without secrets. */

import type { Printed } from '../../operation.ts';
import { createRedactor } from '../../redact.ts';

/** The beginning and the end of what is printed are kept; what is between them is counted. Characters. */
const BOTH = { head: 8_000, tail: 24_000 } as const;
/** The same of each output alone, for the journal. */
const EACH = { head: 16_000, tail: 48_000 } as const;
/** A longer line is counted, not kept: a cut in the middle of it could leave half a secret that nobody recognises. */
const LONGEST_LINE = 4_000;

export interface Output {
  /** What one of its outputs prints. Each has lines of its own: what comes between two halves of one must not hide that they are one. */
  stream(is: Printed['stream']): OutputStream;
  /** The kept lines, secrets redacted, with a note where lines are missing. */
  text(): string;
  /** The last `count` lines that hold something, secrets redacted. */
  lastLines(count: number): string;
  /** What each output printed that printed anything, its first 16,000 and last 48,000 characters. */
  printed(): readonly Printed[];
}

export interface OutputStream {
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
  const both = createKept(BOTH);
  const each = new Map<Printed['stream'], Kept>();

  function stream(is: Printed['stream']): OutputStream {
    const own = createKept(EACH);
    each.set(is, own);
    const keep = (line: string): void => {
      both.keep(line);
      own.keep(line);
    };
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

  function lines(kept: Kept): readonly string[] {
    const { leftOut } = kept.gap();
    const gap = leftOut > 0 ? [`[${leftOut} lines left out]`] : [];
    // The head and the tail are redacted apart: a line left out between them may have belonged to either.
    return [...redacted(kept.head), ...gap, ...redacted(kept.tail)];
  }

  function redacted(some: readonly string[]): readonly string[] {
    return some.length === 0 ? [] : redact(some.join('\n')).split('\n').map(plain);
  }

  return {
    stream,
    text: () => lines(both).join('\n'),
    lastLines: (count) =>
      lines(both)
        .filter((line) => line.trim() !== '')
        .slice(-count)
        .join('\n'),
    printed: () =>
      [...each].flatMap(([is, kept]) => {
        const text = lines(kept).join('\n');
        const { leftOut, characters } = kept.gap();
        const gap = leftOut > 0 ? { leftOut: { lines: leftOut, characters } } : {};
        return text.trim() === '' ? [] : [{ stream: is, text, ...gap }];
      }),
  };
}

interface Kept {
  readonly head: readonly string[];
  readonly tail: readonly string[];
  keep(line: string): void;
  /** What was left out between the two. */
  gap(): { readonly leftOut: number; readonly characters: number };
}

/** Lines, the first and the last of them. */
function createKept(limit: { readonly head: number; readonly tail: number }): Kept {
  const head: string[] = [];
  const tail: string[] = [];
  let headSize = 0;
  let tailSize = 0;
  let leftOut = 0;
  let characters = 0;
  return {
    head,
    tail,
    keep(line) {
      if (leftOut === 0 && tail.length === 0 && headSize + line.length < limit.head) {
        head.push(line);
        headSize += line.length + 1;
        return;
      }
      tail.push(line);
      tailSize += line.length + 1;
      while (tailSize > limit.tail) {
        const size = (tail.shift()?.length ?? 0) + 1;
        tailSize -= size;
        leftOut += 1;
        characters += size;
      }
    },
    gap: () => ({ leftOut, characters }),
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
