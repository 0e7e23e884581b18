import { awsCodeDeployRerun } from './aws-codedeploy-rerun.ts';
import { badRelease } from './bad-release.ts';
import { composeRollback } from './compose-rollback.ts';
import { coordinatedReleaseRolledBack } from './coordinated-release-rolled-back.ts';
import { crashMidSwap } from './crash-mid-swap.ts';
import { dbRestoreChosen } from './db-restore-chosen.ts';
import { dbRestoreNewest } from './db-restore-newest.ts';
import { declined } from './declined.ts';
import { drift } from './drift.ts';
import { flagOff } from './flag-off.ts';
import { gitRevert } from './git-revert.ts';
import { halfSwapped } from './half-swapped.ts';
import { haltedThenUndone } from './halted-then-undone.ts';
import { migrationAfterSwap } from './migration-after-swap.ts';
import { migrationCorruptsData } from './migration-corrupts-data.ts';
import { migrationFailsHalfWay } from './migration-fails-half-way.ts';
import { mongodbRestore } from './mongodb-restore.ts';
import { noCloneLeft } from './no-clone-left.ts';
import { PLAYBOOK_STORIES } from './playbooks/index.ts';
import { quickFix } from './quick-fix.ts';
import { safetyBackupFails } from './safety-backup-fails.ts';
import { slackDown } from './slack-down.ts';
import { statusPage } from './status-page.ts';
import { stillBroken } from './still-broken.ts';
import type { Story } from './story.ts';
import { swapWithPreview } from './swap-with-preview.ts';
import { twoApprovers } from './two-approvers.ts';
import { workflowDispatch } from './workflow-dispatch.ts';

/** The stories that are told of the bot, besides those of its playbooks. */
export const STORIES: readonly Story[] = [
  badRelease,
  declined,
  stillBroken,
  quickFix,
  drift,
  twoApprovers,
  slackDown,
  crashMidSwap,
  gitRevert,
  awsCodeDeployRerun,
  workflowDispatch,
  halfSwapped,
  swapWithPreview,
  haltedThenUndone,
  migrationAfterSwap,
  coordinatedReleaseRolledBack,
  noCloneLeft,
  dbRestoreNewest,
  dbRestoreChosen,
  safetyBackupFails,
  migrationCorruptsData,
  migrationFailsHalfWay,
  composeRollback,
  mongodbRestore,
  statusPage,
  flagOff,
];

/** Every story that can be played. */
export const ALL_STORIES: readonly Story[] = [...STORIES, ...PLAYBOOK_STORIES];
