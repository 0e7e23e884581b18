/** What a post-mortem asks of people, because no journal knows it. Questions and checklist follow guides 002 and 003. */

export type PromptId =
  | 'impact'
  | 'detection'
  | 'root-cause'
  | 'contributing-factors'
  | 'went-well'
  | 'went-badly'
  | 'lucky'
  | 'lessons';

export interface Prompt {
  readonly id: PromptId;
  readonly title: string;
  readonly questions: readonly string[];
  /** What the journal can say to it, in sentences. */
  readonly known?: readonly string[];
}

export interface Checklist {
  readonly title: string;
  readonly items: readonly string[];
}

export const PROMPTS: readonly Prompt[] = [
  {
    id: 'impact',
    title: 'Impact',
    questions: [
      'What could people not do, and for how long?',
      'How many users, orders or requests were affected?',
      'Was data lost or left inconsistent, and how is it made good?',
      'Who was told, when and how?',
    ],
  },
  {
    id: 'detection',
    title: 'Detection',
    questions: [
      'When did the trouble begin, and who or what noticed it first?',
      'Why was it not caught before it reached production?',
      'What would have told us sooner?',
    ],
  },
  {
    id: 'root-cause',
    title: 'Root cause',
    questions: ['What set it off?', 'What lay beneath, so that it could happen at all?'],
  },
  {
    id: 'contributing-factors',
    title: 'Contributing factors',
    questions: ['What made it more likely, larger or longer: systems, process, timing, load?'],
  },
  { id: 'went-well', title: 'What went well', questions: ['What helped, and should stay?'] },
  {
    id: 'went-badly',
    title: 'What went badly',
    questions: ['Where did we lose time, or not know what to do?'],
  },
  { id: 'lucky', title: 'Where we were lucky', questions: ['What could have made it worse?'] },
  {
    id: 'lessons',
    title: 'Lessons',
    questions: [
      'What do we know now that we did not know before?',
      'How do we keep it from happening again?',
    ],
  },
];

/** True for what is worth asking of a release in which nothing had to be taken back: there was no trouble to explain. */
export function isOfEveryRelease({ id }: Prompt): boolean {
  return ['went-well', 'went-badly', 'lucky', 'lessons'].includes(id);
}

/** Guide 002, "Prevention Strategies", in its words. */
export const PREVENTION: readonly Checklist[] = [
  {
    title: 'Before deployment',
    items: [
      'Comprehensive testing (unit, integration, E2E)',
      'Staging environment tests',
      'Database migration dry-run',
      'Performance testing',
      'Security scanning',
      'Rollback plan documented',
    ],
  },
  {
    title: 'During deployment',
    items: [
      'Deploy in off-peak hours',
      'Gradual rollout (canary/blue-green)',
      'Team monitoring deployment',
      'Health checks passing',
      'Quick rollback procedure ready',
    ],
  },
  {
    title: 'After deployment',
    items: [
      'Monitor error rates',
      'Monitor performance metrics',
      'Check user feedback',
      'Run smoke tests',
      'Keep previous version available',
    ],
  },
];
