/** The post-mortem where its follow-ups are worked on: an issue, and one under it for each follow-up that people agreed on. */

import type { Actor } from '../events.ts';
import { recordExport } from '../flows/record-export.ts';
import { finishByIssue, linkTask, recordIssueClosed } from '../flows/tasks.ts';
import type { IssueToPost, IssueTracker, PostedPostmortem } from '../issue-tracker.ts';
import type { Loop } from '../loop.ts';
import { BACKSTOP } from './drive-run.ts';

/**
 * Opens what is not there, records it, and brings what is done on either side over to the other. May be repeated.
 * @param actor who asked. @throws OutsideError
 */
export async function postIssue(
  { loop, tracker }: { readonly loop: Loop; readonly tracker: IssueTracker },
  id: string,
  actor: Actor,
  { repository, title, body, followUp }: IssueToPost,
  signal: AbortSignal,
): Promise<PostedPostmortem> {
  const { url: parent, isNew } = await tracker.openOnce(repository, { title, body }, signal);
  // Also where the answer was lost when it was opened.
  if (loop.incident(id)?.issue !== parent) {
    await loop.decide(id, actor, recordExport([parent], { issue: parent }));
  }
  const followUps: PostedPostmortem['followUps'][number][] = [];
  for (const task of loop.incident(id)?.tasks ?? []) {
    if (task.kind !== 'follow-up' || (task.done && task.url === undefined)) continue;
    const words = followUp(task.id, parent);
    if (!words) continue;
    const isToClose = task.done !== undefined && task.issueClosed !== true;
    const issue = await tracker.track(
      repository,
      parent,
      { ...words, isDone: isToClose, url: task.url },
      signal,
    );
    await loop.decide(id, actor, linkTask(task.id, issue.url));
    if (issue.isClosed) await loop.decide(id, BACKSTOP, finishByIssue(task.id));
    if (isToClose) await loop.decide(id, BACKSTOP, recordIssueClosed(task.id));
    const isDone = issue.isClosed || task.done !== undefined;
    followUps.push({
      task: task.id,
      url: issue.url,
      state: issue.isNew ? 'opened' : isDone ? 'done' : 'open',
    });
  }
  return { url: parent, isNew, followUps };
}
