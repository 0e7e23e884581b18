/** What has to follow once a version is back, so that what stays registered is right too (guide 001). Reads only. */

import type { Component } from '../component.ts';
import { messageOf, OutsideError, Refusal } from '../errors.ts';
import type { OperationCall } from '../operation.ts';
import type { Part } from './plan-graph.ts';
import { readSignal } from './reads.ts';
import type { Target } from './targets.ts';

export interface Corrections {
  readonly parts: readonly Part[];
  /** What a person has to do, because Backstop cannot: a sentence or more each. */
  readonly notes: readonly string[];
}

/**
 * The corrections of these targets, by whichever component of the environment offers the operation. One that cannot be made is
 * a note and not a step: it must not keep a rollback from starting.
 */
export async function correctionsOf(
  components: readonly Component[],
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Corrections> {
  const found = await Promise.all(
    targets.map((target) => correctionOf(components, target, readSignal(signal))),
  );
  return {
    parts: found.filter((one) => typeof one === 'object'),
    notes: found.filter((one) => typeof one === 'string'),
  };
}

async function correctionOf(
  components: readonly Component[],
  { component, live, target }: Target,
  signal: AbortSignal,
): Promise<Part | string | undefined> {
  const unable = (reason: string, manual = '') =>
    [
      `What stays registered for ${component.title} is not set right by this plan: ${reason}`,
      manual,
    ]
      .filter((words) => words !== '')
      .join('\n');
  try {
    const call = await component.versions.correction?.(target, live, signal);
    if (!call) return undefined;
    const able = components.find(({ operations }) => operations[call.operation]);
    if (!able) return unable(`no component offers ${call.operation}.`);
    const reason = await whyNot(able, call, signal);
    if (reason !== undefined)
      return unable(reason, able.operations[call.operation]?.manual(call.input));
    const title = `Set right what stays registered for ${component.title}`;
    return {
      component: able,
      calls: [call],
      title,
      phase: 'afterwards',
      id: `${component.id}-correction`,
    };
  } catch (error) {
    if (error instanceof OutsideError || error instanceof Refusal) return unable(messageOf(error));
    throw error;
  }
}

/** Why the operation could not run, in the words of its checks. @throws OutsideError, Refusal. */
async function whyNot(
  { operations }: Component,
  { operation, input }: OperationCall,
  signal: AbortSignal,
): Promise<string | undefined> {
  const checks = (await operations[operation]?.preflight(input, signal)) ?? [];
  return checks.find((one) => one.blocking && !['pass', 'warn'].includes(one.verdict))?.reason;
}
