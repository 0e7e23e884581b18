/** Everything people can type, click or submit, put on the desk. */

import type { AlertStore } from './alert-store.ts';
import { registerAlerts } from './alerts.ts';
import { registerAssessment } from './assessment.ts';
import { registerCapture } from './capture.ts';
import { registerDeclareForm } from './declare-form.ts';
import type { Desk } from './desk.ts';
import { registerHome } from './home.ts';
import type { HomeTabs } from './home-tabs.ts';
import { registerIncident } from './incident.ts';
import { registerLifecycle } from './lifecycle.ts';
import { registerMitigate } from './mitigate.ts';
import { registerMore } from './more.ts';
import { registerPlaybooks } from './playbooks.ts';
import { registerPostmortem } from './postmortem.ts';
import { registerReadiness } from './readiness.ts';
import { registerRecovery } from './recovery.ts';
import { registerRelease } from './release.ts';
import { registerRoles } from './roles.ts';
import { registerRollback } from './rollback.ts';
import { registerShortcuts } from './shortcuts.ts';
import { registerStatusPage } from './status-page.ts';
import { registerSubscriptions } from './subscriptions.ts';
import { registerTasks } from './tasks.ts';
import { registerUpdates } from './updates.ts';

/** Registers every command, shortcut, button and form. */
export function registerAll(desk: Desk, alerts: AlertStore, homeTabs: HomeTabs): void {
  registerIncident(desk);
  registerDeclareForm(desk);
  registerShortcuts(desk);
  registerHome(desk, homeTabs);
  registerCapture(desk);
  registerLifecycle(desk);
  registerTasks(desk);
  registerUpdates(desk);
  registerStatusPage(desk);
  registerMore(desk);
  registerSubscriptions(desk);
  registerRoles(desk);
  registerAssessment(desk);
  registerRollback(desk);
  registerReadiness(desk);
  registerRecovery(desk);
  registerRelease(desk);
  registerPostmortem(desk);
  registerPlaybooks(desk);
  registerMitigate(desk);
  registerAlerts(desk, alerts);
}
