/** As much of Redis' protocol (RESP 2) as is needed to stand between a client and a server. */

interface Found<T> {
  readonly value: T;
  /** Where the next one begins. */
  readonly end: number;
}

/** The command that begins at `at`: its words. Undefined while it has not come in whole. */
export function commandAt(bytes: Buffer, at: number): Found<readonly string[]> | undefined {
  const head = lineAt(bytes, at);
  if (!head?.value.startsWith('*')) return undefined;
  const words: string[] = [];
  let { end } = head;
  for (let left = Number(head.value.slice(1)); left > 0; left--) {
    const size = lineAt(bytes, end);
    if (!size) return undefined;
    const length = Number(size.value.slice(1));
    if (bytes.length < size.end + length + 2) return undefined;
    words.push(bytes.toString('utf8', size.end, size.end + length));
    end = size.end + length + 2;
  }
  return { value: words, end };
}

/** Where the reply that begins at `at` ends. Undefined while it has not come in whole. */
export function replyEnd(bytes: Buffer, at: number): number | undefined {
  const line = lineAt(bytes, at);
  if (!line) return undefined;
  const kind = line.value[0];
  const count = Number(line.value.slice(1));
  if (kind === '$') {
    const end = count < 0 ? line.end : line.end + count + 2;
    return bytes.length < end ? undefined : end;
  }
  if (kind !== '*') return line.end;
  let end: number | undefined = line.end;
  for (let left = count; left > 0 && end !== undefined; left--) end = replyEnd(bytes, end);
  return end;
}

function lineAt(bytes: Buffer, at: number): Found<string> | undefined {
  const end = bytes.indexOf('\r\n', at);
  return end < 0 ? undefined : { value: bytes.toString('utf8', at, end), end: end + 2 };
}
