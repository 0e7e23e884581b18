import type { Part } from './plan-graph.ts';

/** How a plan of these parts can be taken back, for people. */
export function undoWords(parts: readonly Part[]): string {
  const final = parts.filter(({ component, calls }) =>
    calls.some(({ operation: name, input }) => {
      const operation = component.operations[name];
      return !operation?.copies && !operation?.undo?.(input);
    }),
  );
  return final.length === 0
    ? 'Backstop can take every step back the same way.'
    : `Backstop cannot take this back for ${final.map(({ component }) => component.title).join(', ')}.`;
}
