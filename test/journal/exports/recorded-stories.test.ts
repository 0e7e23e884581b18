/** Every format of the stories that were played: from the recording, imported into a journal of its own. */

import { describe, expect, it } from 'vitest';
import { writeCanvas } from '../../../src/journal/exports/canvas.ts';
import { documentsOf, FORMATS, postmortemFrom } from '../../../src/journal/exports/documents.ts';
import { writeGithubIssue } from '../../../src/journal/exports/github-issue.ts';
import { readExport } from '../../../src/journal/exports/read-export.ts';
import { golden } from '../../support/golden.ts';
import { importedStory, RECORDED_STORIES, recordingOf } from '../../support/recorded-stories.ts';

describe.each(RECORDED_STORIES)('the recording of %s', (story) => {
  it.each(FORMATS)('is told as %s as its golden file does', async (format) => {
    const { journal, incident, options } = await importedStory(story);

    const [document] = documentsOf(journal, incident, { ...options, formats: [format] });
    const text = document?.text ?? '';
    await journal.close();

    expect(text).toBe(golden(`played-${story}.${format}`, text));
  });

  it('is told as an issue and as a canvas as their golden files do', async () => {
    const { journal, incident, options } = await importedStory(story);

    const told = postmortemFrom(journal, incident, options);
    await journal.close();
    const issue = writeGithubIssue(told);
    const issueText = `${issue.title}\n\n${issue.body}\n`;
    const canvas = writeCanvas(told, 'C0FFEE').markdown;

    expect(issueText).toBe(golden(`played-${story}.github-issue.md`, issueText));
    expect(canvas).toBe(golden(`played-${story}.canvas.md`, canvas));
  });

  it('is lost in nothing by an import and another export', async () => {
    const { journal, incident, options } = await importedStory(story);

    const [again] = documentsOf(journal, incident, {
      ...options,
      formats: ['json'],
      withEvents: true,
    });
    const back = readExport(again?.text ?? '', 'again.json');
    await journal.close();

    const recorded = recordingOf(story);
    expect(back.events.slice(1).map(withoutPlace)).toEqual(
      recorded.events.slice(1).map(withoutPlace),
    );
    expect(back.events[0]?.data).toMatchObject(recorded.events[0]?.data ?? {});
    expect(back.names).toEqual(recorded.names);
  });
});

/** An entry has another position in another journal. */
function withoutPlace({ seq: _seq, ...rest }: { readonly seq: number }): object {
  return rest;
}
