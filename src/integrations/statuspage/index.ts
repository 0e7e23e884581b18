/** Atlassian Statuspage: what people outside are told. */

import type { Component, DoctorFinding } from '../../component.ts';
import { type Found, finding, passed } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { createPage, type Page } from './page.ts';
import { publishOperation } from './publish.ts';
import type { StatuspageConnection, StatuspageSettings } from './schema.ts';

/** @param from settings as `StatuspageSettings` parsed them, with the connection `statuspage`. */
export function createStatuspage({ id, settings: given, connections }: Ingredients): Component {
  const settings = given as StatuspageSettings;
  const page = createPage(connections['statuspage'] as StatuspageConnection, settings);
  return {
    id,
    kind: 'statuspage',
    title: `Statuspage ${page.title}`,
    operations: { publish: publishOperation(page, settings) },
    announce: {
      publish: (notice) => ({ operation: 'publish', input: { ...notice } }),
      addressOf: async ({ thread }, signal) => (await page.find(thread, signal))?.link,
    },
    doctor: (signal) => examine(page, settings, signal),
  };
}

/** Checks by reading: the key, the page and its components. Never throws. */
async function examine(
  page: Page,
  { components }: StatuspageSettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  return Promise.all([
    finding(`Statuspage ${page.title}`, 'fail', async () =>
      passed(`${await page.name(signal)}, readable`),
    ),
    finding('Statuspage components', 'fail', async () => {
      const known = new Map((await page.components(signal)).map((one) => [one.id, one.name]));
      const missing = components.filter((one) => !known.has(one));
      if (missing.length > 0) return unknown(missing);
      const names = components.map((one) => known.get(one)).join(', ');
      return passed(names || 'none is changed');
    }),
  ]);
}

function unknown(missing: readonly string[]): Found {
  const next = 'Correct the ids in backstop.yaml (Statuspage, "Components", "Component API ID").';
  return { verdict: 'fail', reason: `the page has no ${missing.join(', ')}`, next };
}
