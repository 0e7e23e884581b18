import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeJson } from '../../../src/journal/exports/json.ts';
import { writeMarkdown } from '../../../src/journal/exports/markdown.ts';
import { PostmortemExport } from '../../../src/journal/exports/schema.ts';
import { type Postmortem, postmortemOf } from '../../../src/postmortem/postmortem.ts';
import { anyStory } from '../../support/a-random-incident.ts';
import { MINUTE, names, type Story } from '../../support/an-incident.ts';
import { aPrintedIncident, GOLDEN_STORIES } from '../../support/an-incident-told.ts';
import { golden } from '../../support/golden.ts';

function documentOf(story: Story): Postmortem {
  const generatedAt = story.now() + 10 * MINUTE;
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };
  return postmortemOf(story.incident(), story.events, options);
}

const published: object = JSON.parse(
  readFileSync(new URL('../../../docs/postmortem.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(published);

describe('the JSON export', () => {
  it.each(Object.keys(GOLDEN_STORIES))('tells %s as its golden file does', (name) => {
    const story = GOLDEN_STORIES[name]?.();
    if (!story) throw new Error(`There is no story ${name}`);

    const text = writeJson(documentOf(story));

    expect(text).toBe(golden(`${name}.json`, text));
  });

  it.each(Object.keys(GOLDEN_STORIES))('of %s is valid by the published JSON Schema', (name) => {
    const story = GOLDEN_STORIES[name]?.();
    if (!story) throw new Error(`There is no story ${name}`);

    const document: unknown = JSON.parse(writeJson(documentOf(story)));

    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  });

  it('has what a command printed with its step, by the published JSON Schema', () => {
    const document = JSON.parse(writeJson(documentOf(aPrintedIncident())));

    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(PostmortemExport.parse(document)).toEqual(document);
    expect(document.runs[0].steps[0].printed).toMatchObject([
      { stream: 'output', leftOut: { lines: 5000 }, text: expect.stringMatching(/\nlast$/) },
    ]);
  });

  it('says nothing that the schema does not describe, whatever happened in the incident', () => {
    const property = fc.property(anyStory, (story) => {
      const document: unknown = JSON.parse(writeJson(documentOf(story)));
      expect(PostmortemExport.parse(document)).toEqual(document);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('is refused by the published schema when a time is missing', () => {
    const story = GOLDEN_STORIES['rolled-back']?.();
    if (!story) throw new Error('There is no such story');
    const { generatedAt: _generatedAt, ...rest } = documentOf(story);

    expect(validate({ schema: 'backstop/postmortem@1', ...rest })).toBe(false);
  });
});

describe('every export', () => {
  it('of the same document is the same text, and holds every journal entry of the timeline', () => {
    const property = fc.property(anyStory, (story) => {
      const postmortem = documentOf(story);
      const told = postmortem.timeline.reduce((sum, { times, through }) => {
        return sum + (times ?? (through ? 2 : 1));
      }, 0);

      expect(told).toBe(story.events.length);
      expect(writeMarkdown(postmortem)).toBe(writeMarkdown(documentOf(story)));
    });
    fc.assert(property, { numRuns: 100 });
  });
});
