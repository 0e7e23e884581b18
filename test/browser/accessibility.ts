/** Holds what a page shows to the rules of axe. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails with every violation of WCAG 2.2 A and AA and of axe's best practices, and where it is. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: Axe };
    const { violations: found } = await axe.run();
    return found.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ html }) => html) }));
  });
  expect(violations.map(withoutAppLabels).filter(({ at }) => at.length > 0)).toEqual([]);
}

/** The words of a button in a message, seen and heard, are the app's; the page shows them as they are. */
function withoutAppLabels(violation: Violation): Violation {
  if (violation.id !== 'label-content-name-mismatch') return violation;
  return { ...violation, at: violation.at.filter((html) => !html.includes('data-action=')) };
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly at: readonly string[];
}

interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}
