/** The difference between two texts, for a reader who has seen the first. */

/** The lines of `after` that are new, in order; a line that only went away is shown struck, as `~line~`. */
export function changedLines(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  const kept = longestCommon(before, after);
  const changed: string[] = [];
  let oldAt = 0;
  let newAt = 0;
  for (const [oldKept, newKept] of [...kept, [before.length, after.length] as const]) {
    const gone = before.slice(oldAt, oldKept);
    const come = after.slice(newAt, newKept).filter((line) => line.trim() !== '');
    changed.push(...(come.length > 0 ? come : gone.flatMap(struck)));
    oldAt = oldKept + 1;
    newAt = newKept + 1;
  }
  return changed;
}

function struck(line: string): readonly string[] {
  const text = line.trimStart();
  return text === '' ? [] : [`${line.slice(0, line.length - text.length)}~${text}~`];
}

/** Index pairs of a longest common subsequence. */
function longestCommon(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const lengths = before.map(() => after.map(() => 0));
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const length =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      const line = lengths[row];
      if (line) line[column] = length;
    }
  }
  const pairs: [number, number][] = [];
  let row = 0;
  let column = 0;
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
