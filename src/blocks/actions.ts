/**
 * The ids by which Slack tells us what was clicked, chosen or submitted. Blocks write them, commands listen for them.
 * A button or option carries ids and nothing else; what they mean is looked up in the newest state.
 */

/** Buttons and selects in messages. The value is `refOf(...)`: the incident's id, then what the action needs. */
export const ACTION = {
  /** value: incident, question, answer; several stand in one block, each with the id `actionIdOf(ACTION.answer, answer)` */
  answer: 'answer',
  /** value: incident */
  restartAssessment: 'restart-assessment',
  /** value: incident, role, holder the person saw (empty when nobody) */
  takeRole: 'take-role',
  /** value: incident */
  confirmResponse: 'confirm-response',
  overrideResponse: 'override-response',
  overrideSeverity: 'override-severity',
  /** value: incident; makes a plan to the previous good version */
  planRollback: 'plan-rollback',
  /** value: incident, run that was not enough */
  planOlder: 'plan-older',
  planRollForward: 'plan-roll-forward',
  /** value: incident, run that is to be taken back */
  planUndo: 'plan-undo',
  /** value: incident, the mitigation that is chosen from the start (empty for none) */
  mitigate: 'mitigate',
  /** value: incident, plan */
  refreshPlan: 'refresh-plan',
  requestApproval: 'request-approval',
  approve: 'approve',
  reject: 'reject',
  breakGlass: 'break-glass',
  askQuestion: 'ask-question',
  /** value: incident, run, step */
  allowStep: 'allow-step',
  /** value: incident, run */
  undoRun: 'undo-run',
  cancelRun: 'cancel-run',
  /** value: incident, run, step */
  retryStep: 'retry-step',
  skipStep: 'skip-step',
  doneByHand: 'done-by-hand',
  endStep: 'end-step',
  /** value: incident */
  callContacts: 'call-contacts',
  quickFixDeployed: 'quick-fix-deployed',
  extendQuickFix: 'extend-quick-fix',
  abandonQuickFix: 'abandon-quick-fix',
  resolve: 'resolve',
  exportPostmortem: 'export-postmortem',
  /** In the list of the timeline; value: incident, then what passes the filter, as `stateRef` has it */
  curateFilter: 'curate-filter',
  /** value: incident, what to do, entry */
  curateEntry: 'curate-entry',
  /** value: incident, task */
  takeTask: 'take-task',
  finishTask: 'finish-task',
  /** value: incident; opens the form of a status update */
  writeUpdate: 'write-update',
  /** value: incident; opens the form of what people outside are told */
  writeNotice: 'write-notice',
  /** value: incident, number of the notice, place */
  publishAgain: 'publish-again',
  publishedByHand: 'published-by-hand',
  /** value: incident, key of the reminder */
  snooze: 'snooze',
  /** value: incident */
  reopen: 'reopen',
  close: 'close',
  /** Under alerts; value: group of alerts */
  declareAndPlan: 'declare-and-plan',
  declareForAlert: 'declare-for-alert',
  dismissAlert: 'dismiss-alert',
  /** value: incident, plan of the release */
  startRelease: 'start-release',
  /** value: incident, part of the release */
  planPart: 'plan-part',
  /** value: incident, item of the checklist */
  tickItem: 'tick-item',
  /** value: incident */
  releaseOut: 'release-out',
  callOff: 'call-off',
  /** value: incident, name of the playbook */
  startPlaybook: 'start-playbook',
  /** value: incident */
  choosePlaybook: 'choose-playbook',
  /** value: incident, number of the playbook, step, answer or item */
  answerPlaybook: 'answer-playbook',
  tickPlaybook: 'tick-playbook',
  /** value: incident, number of the playbook, step */
  operatePlaybook: 'operate-playbook',
  announceInPlaybook: 'announce-in-playbook',
  goOnInPlaybook: 'go-on-in-playbook',
  leaveInPlaybook: 'leave-in-playbook',
  /** value: incident, number of the playbook */
  stopPlaybook: 'stop-playbook',
  /** value: incident; opens the menu of everything else */
  openMore: 'open-more',
  openTimeline: 'open-timeline',
  /** In that menu; value: incident, choice; several in one block, each with the id `actionIdOf(ACTION.more, choice)` */
  more: 'more',
  /** value: service, or an incident of it; about whoever presses it */
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  /** value: service; answers whoever presses it */
  lookAgain: 'look-again',
  /** On the home tab; value: nothing that is used. */
  declare: 'declare',
  declareDrill: 'declare-drill',
  /** In the declare modal: choosing a service shows its environments. */
  chooseService: 'choose-service',
} as const;

export type ActionName = (typeof ACTION)[keyof typeof ACTION];

/** Modals. Their private metadata is `metadataOf(...)`. */
export const VIEW = {
  keepMessage: 'keep-message',
  choosePlaybook: 'choose-playbook',
  goOnInPlaybook: 'go-on-in-playbook',
  mitigate: 'mitigate',
  declare: 'declare',
  overrideResponse: 'override-response',
  overrideSeverity: 'override-severity',
  reject: 'reject',
  breakGlass: 'break-glass',
  askQuestion: 'ask-question',
  skipStep: 'skip-step',
  doneByHand: 'done-by-hand',
  cancelRun: 'cancel-run',
  endStep: 'end-step',
  undoRun: 'undo-run',
  planUndo: 'plan-undo',
  resolve: 'resolve',
  reopen: 'reopen',
  close: 'close',
  update: 'update',
  notice: 'notice',
  note: 'note',
  task: 'task',
  role: 'role',
  handover: 'handover',
  status: 'status',
  merge: 'merge',
  prepareRelease: 'prepare-release',
  callOff: 'call-off',
  curateEntry: 'curate-entry',
} as const;

export type ViewName = (typeof VIEW)[keyof typeof VIEW];

/** Ids in one value, in order. Incident, plan and run ids, questions and answers contain no space. */
export function refOf(...ids: readonly string[]): string {
  return ids.join(' ');
}

/** No id of ours is longer; two of them fit into what a form carries. */
const ID_LIMIT = 500;

/** The ids of a value, as many as are expected; undefined when it is not one of ours. */
export function idsOf(value: string | undefined, count: number): readonly string[] | undefined {
  const ids = value?.split(' ') ?? [];
  const isOurs = ids[0] !== '' && ids.every((id) => id.length <= ID_LIMIT);
  return isOurs && ids.length === count ? ids : undefined;
}

/** The action id of one choice among several in a block, where Slack wants each to be unique: `answer.all`. */
export function actionIdOf(action: ActionName, choice: string): string {
  return `${action}.${choice}`;
}
