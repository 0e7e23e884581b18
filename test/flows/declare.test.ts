import { expect, it } from 'vitest';
import {
  type Declaration,
  declareIncident,
  SUMMARY_LIMIT,
  TITLE_LIMIT,
} from '../../src/flows/declare.ts';
import { ANA, START } from '../support/an-incident.ts';
import { CHECKOUT, refusal } from '../support/asking.ts';

const valid: Declaration = {
  title: 'checkout is failing',
  summary: '',
  service: CHECKOUT,
  environment: 'production',
};

function declare(declaration: Partial<Declaration>) {
  const context = { now: START, actor: ANA, incidents: [] };
  return declareIncident({ ...valid, ...declaration })('INC-0007', context);
}

it('declares, with the words trimmed and kept as they were typed', () => {
  const typed = { title: '  <!channel> & 🚀 ', summary: ' *all* of it\n' };

  expect(declare(typed)).toEqual([
    {
      type: 'incident.declared',
      data: {
        id: 'INC-0007',
        title: '<!channel> & 🚀',
        summary: '*all* of it',
        service: 'checkout',
        environment: 'production',
      },
    },
  ]);
  expect(declare({ title: 'x'.repeat(TITLE_LIMIT) })).toHaveLength(1);
  expect(declare({ summary: 'x'.repeat(SUMMARY_LIMIT) })).toHaveLength(1);
});

it.each<[Partial<Declaration>, string, string, RegExp]>([
  [{ title: ' \n ' }, 'invalid-input', 'title', /^Say in a few words what you see\.$/],
  [{ title: 'x'.repeat(10_000) }, 'invalid-input', 'title', /150 characters; the details go below/],
  [{ summary: 'x'.repeat(10_000) }, 'invalid-input', 'summary', /3000 characters/],
  [{ service: undefined }, 'not-found', 'service', /^Choose one of the services/],
  [{ environment: '' }, 'not-found', 'environment', /of Checkout: production, staging\.$/],
  [{ environment: 'moon' }, 'not-found', 'environment', /production, staging/],
  [{ environment: 'constructor' }, 'not-found', 'environment', /production, staging/],
])('refuses %j', (declaration, code, field, message) => {
  const answer = refusal(() => declare(declaration));

  expect(answer).toMatchObject({ code, field });
  expect(answer.message).toMatch(message);
});
