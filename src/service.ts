/** The catalogue: services, their environments, who answers for them and who may approve. Read from the configuration. */

import type { ApprovalCode } from './approval-codes.ts';
import type { Severity } from './assessment.ts';
import type { Component, Probe } from './component.ts';

/** A Slack user id (`U…`, `W…`) or user group id (`S…`). */
export type Principal = string;

/** Somebody to call. Guide 003 lists DevOps, database administrator, security and management. */
export interface Contact {
  readonly role: string;
  readonly name: string;
  readonly slack?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
}

/** Who must agree before a plan runs in an environment. */
export interface ApprovalPolicy {
  readonly count: number;
  readonly from: readonly Principal[];
  readonly requesterMayApprove: boolean;
  /** Who wrote changes under which name (of GitHub); they may not approve a plan that takes their own back. */
  readonly authors?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds after which a requested approval no longer counts. */
  readonly validFor: number;
  readonly breakGlass: readonly Principal[];
  /** How people approve at the terminal while Slack is down. */
  readonly codes?: readonly ApprovalCode[] | undefined;
  readonly bySeverity?: Readonly<Partial<Record<Severity, { readonly count: number }>>> | undefined;
}

/** When a run counts as recovered: `passes` readings of every probe in a row, within `limit`. Milliseconds. */
export interface VerificationPolicy {
  readonly passes: number;
  readonly every: number;
  readonly limit: number;
}

/** A stretch of watching after the recovery, in milliseconds from it. */
export interface WindowPolicy {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly every: number;
}

/** How coordinated releases of an environment are kept. */
export interface ReleasePolicy {
  /** Milliseconds that a restore point is kept once the release is out. */
  readonly settle: number;
  /** Who is asked to pause editing content. */
  readonly contentGroup?: Principal | undefined;
}

export interface EnvironmentPolicy {
  readonly id: string;
  /** True where an incident may be practised. */
  readonly drills?: boolean | undefined;
  readonly verification: VerificationPolicy;
  readonly monitor: { readonly windows: readonly WindowPolicy[] };
  readonly approval: ApprovalPolicy;
  readonly release?: ReleasePolicy | undefined;
}

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly responders: readonly Principal[];
  readonly contacts: readonly Contact[];
  /** Where people outside are told, by the id of the place. */
  readonly announce?: Readonly<Record<string, { readonly kind: string }>> | undefined;
  readonly environments: Readonly<Record<string, EnvironmentPolicy>>;
}

/** The live systems of one environment, through their integrations. */
export interface Systems {
  readonly components: readonly Component[];
  readonly probes: readonly Probe[];
}

export interface Catalogue {
  services(): readonly Service[];
  service(id: string): Service | undefined;
  /** Loads the integrations of an environment on first use. */
  systems(service: string, environment: string): Promise<Systems>;
  /** Loads the places where people outside are told of a service; each offers `announce`. */
  places(service: string): Promise<readonly Component[]>;
}

/** The ids of the places where people outside are told of a service. */
export function placesOf(service: Service | undefined): readonly string[] {
  return Object.keys(service?.announce ?? {});
}

/** How many people must approve, given what the incident's severity allows. */
export function approvalsNeeded(policy: ApprovalPolicy, severity: Severity | undefined): number {
  const exception = severity && policy.bySeverity?.[severity];
  return exception ? exception.count : policy.count;
}
