/** docs/guides.md: what it names is there, and every statement has a place. */

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlaybooks, SHIPPED_PLAYBOOKS } from '../src/config/playbooks.ts';

const ROOT = resolve(import.meta.dirname, '..');
const page = readFileSync(resolve(ROOT, 'docs/guides.md'), 'utf8');
const shipped = loadPlaybooks(SHIPPED_PLAYBOOKS, undefined);

interface Row {
  readonly statement: string;
  readonly where: string;
}

/** The rows of the tables of statements, without their heads. */
const rows: readonly Row[] = page
  .slice(0, page.indexOf('## A playbook of your own'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (-|Statement )/.test(line))
  .map((line) => {
    const [, statement = '', where = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { statement, where };
  });

/** Each step that the row names, with the playbook that was named before it. */
function stepsIn({ where }: Row): readonly (readonly [playbook: string, step: string])[] {
  let playbook: string | undefined;
  return [...where.matchAll(/`([^`]+)`|(?<![\w`])_([^_]+)_/g)].flatMap(([, code, italic]) => {
    if (code !== undefined && shipped.has(code)) playbook = code;
    const isStep = playbook !== undefined && /^[a-z0-9-]+$/.test(italic ?? '');
    return isStep ? [[playbook ?? '', italic ?? ''] as const] : [];
  });
}

describe('docs/guides.md', () => {
  it('has tables for all five guides', () => {
    expect([...page.matchAll(/^## Guide (\d+)$/gm)].map(([, number]) => number)).toEqual([
      '000',
      '001',
      '002',
      '003',
      '004',
    ]);
    expect(rows.length).toBeGreaterThan(80);
  });

  it.each(rows)('says where it is done: $statement', (row) => {
    expect(row.where).not.toBe('');
    expect(row.where).not.toMatch(/Not yet/i);
    for (const [, file = ''] of row.where.matchAll(/`((?:src|docs|playbooks|test)\/[^`]+)`/g)) {
      expect(existsSync(resolve(ROOT, file)), file).toBe(true);
    }
    for (const [playbook, step] of stepsIn(row)) {
      const ids = shipped.get(playbook)?.steps.map(({ id }) => id);
      expect(ids, `${playbook}, ${step}`).toContain(step);
    }
  });

  it('names a step of each playbook that is shipped, or the whole of it', () => {
    const named = rows.flatMap(({ where }) => [...where.matchAll(/`([^`]+)`/g)].map(([, n]) => n));

    for (const name of shipped.keys()) expect(named).toContain(name);
  });
});
