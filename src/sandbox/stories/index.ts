import { badRelease } from './bad-release.ts';
import { declined } from './declined.ts';
import { quickFix } from './quick-fix.ts';
import { stillBroken } from './still-broken.ts';
import type { Story } from './story.ts';

/** Every story that can be played. */
export const STORIES: readonly Story[] = [badRelease, declined, stillBroken, quickFix];
