import { describe, expect, it } from 'vitest';
import { answerQuestion, restartAssessment } from '../../src/flows/assess.ts';
import { ANA, aStory, assessAsSmall, BEN, decide, severity } from '../support/an-incident.ts';
import { ask, closeStory, put, refused } from '../support/asking.ts';

describe('answering', () => {
  it('records the answer, and the severity as soon as it is settled', () => {
    const story = aStory();

    expect(put(story, ANA, answerQuestion('users', 'few'))).toEqual([
      { type: 'assessment.answered', data: { question: 'users', answer: 'few' } },
    ]);
    expect(put(story, ANA, answerQuestion('data', 'yes'))).toEqual([
      { type: 'assessment.answered', data: { question: 'data', answer: 'yes' } },
      { type: 'severity.set', data: { severity: 'sev1', reasons: ['data is lost or corrupt'] } },
    ]);
    expect(put(story, ANA, answerQuestion('security', 'yes'))).toHaveLength(1);
  });

  it('never overrules the severity that a person has set', () => {
    const story = aStory().tell(BEN, severity('sev3', ['I know'], 'I know'));

    put(story, ANA, answerQuestion('users', 'all'));

    expect(story.incident().severity?.is).toBe('sev3');
  });

  it('refuses a question answered before, with the answer it has', () => {
    const story = aStory();
    put(story, ANA, answerQuestion('users', 'few'));

    expect(refused(story, BEN, answerQuestion('users', 'all'))).toMatchObject({
      code: 'already-done',
      message:
        '"How many users are affected?" was answered already: Under 5%. To change it, use *Start over* on the card.',
    });
  });

  it.each([
    ['tea', 'yes'],
    ['users', 'yes'],
    ['', ''],
  ])('refuses what is no answer: %s %s', (question, answer) => {
    expect(refused(aStory(), ANA, answerQuestion(question, answer)).code).toBe('invalid-input');
  });

  it('refuses when the incident is over', () => {
    expect(refused(closeStory(aStory()), ANA, answerQuestion('users', 'all')).code).toBe('closed');
  });
});

describe('starting over', () => {
  it('clears the answers', () => {
    const story = assessAsSmall(aStory());

    put(story, ANA, restartAssessment());

    expect(story.incident().answers).toEqual({});
    expect(ask(story, ANA, answerQuestion('users', 'all'))).toHaveLength(2);
  });

  it('is refused before the first answer, after the decision, and after the end', () => {
    const decided = decide(assessAsSmall(aStory()), 'quick-fix', ['r']);

    expect(refused(aStory(), ANA, restartAssessment()).code).toBe('already-done');
    expect(refused(decided, ANA, restartAssessment()).code).toBe('not-possible');
    expect(refused(closeStory(decided), ANA, restartAssessment()).code).toBe('closed');
  });
});
