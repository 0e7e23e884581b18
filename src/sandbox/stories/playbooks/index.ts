/** A story for each playbook that is shipped. */

import type { Story } from '../story.ts';
import { playbookStory, type Script } from './walk.ts';

const BLOCKED = [
  '5% or more',
  'No',
  'No',
  'Up, at normal speed',
  'No, people are blocked',
  'Longer',
];

const SCRIPTS: readonly Script[] = [
  {
    name: 'production-bug',
    declares: 'checkout is failing',
    answers: BLOCKED,
    start: 'proposed',
    choices: { decide: 'rollback' },
  },
  {
    name: 'migration-failed',
    declares: 'the migration of 2.4.0 wrote wrong values',
    answers: ['All of them'],
    start: 'proposed',
    choices: { way: 'down' },
  },
  {
    name: 'performance-degradation',
    declares: 'checkout is slow',
    answers: ['5% or more', 'No', 'No', '2-5x slower', 'No, people are blocked', 'Longer'],
    start: 'proposed',
    choices: { resolved: 'no' },
    byHand: ['relieve'],
    leaves: ['quick'],
  },
  {
    name: 'data-loss',
    declares: 'orders are missing',
    answers: ['Under 5%', 'Yes'],
    start: 'proposed',
    choices: { 'backup-known': 'yes' },
    byHand: ['restore'],
    works: true,
  },
  {
    name: 'security-breach',
    declares: 'private somebody reads our orders',
    answers: ['None that we know of', 'No', 'Yes'],
    start: 'proposed',
    choices: { exploit: 'no' },
    works: true,
    private: true,
  },
  {
    name: 'deployment-failure',
    declares: 'the deployment failed, services do not start',
    answers: ['All of them'],
    start: 'proposed',
  },
  {
    name: 'deployment-issues',
    declares: 'people are signed out since the deployment',
    answers: BLOCKED,
    start: 'proposed',
    choices: { issue: 'cache' },
    byHand: ['purge'],
    works: true,
  },
  {
    name: 'memory-leak',
    declares: 'memory leak crashes production',
    answers: ['5% or more', 'No', 'No', 'Down'],
    start: 'proposed',
    byHand: ['scale', 'restart'],
  },
  {
    name: 'api-breaks-client',
    declares: 'login of the mobile app fails since the new API version',
    answers: BLOCKED,
    start: 'proposed',
    choices: { way: 'compatible' },
  },
  {
    name: 'coordinated-release',
    declares: 'spring campaign goes out with its content',
    answers: ['None that we know of'],
    start: 'named',
    choices: { keep: 'stays' },
    works: true,
  },
  {
    name: 'after-rollback',
    declares: 'checkout is failing',
    answers: BLOCKED,
    start: 'proposed',
    afterRollback: true,
  },
  {
    name: 'release-checklist',
    declares: 'release 2.4.0 goes out',
    answers: ['None that we know of'],
    start: 'named',
    choices: { outcome: 'success' },
    works: true,
  },
];

export const PLAYBOOK_STORIES: readonly Story[] = SCRIPTS.map(playbookStory);
