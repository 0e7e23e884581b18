/** A modal or home tab as the workspace keeps it, and the values a person has put into its inputs. */
import type { Json } from './json.ts';
import type { Block } from './model.ts';

/** One entry of Slack's `state.values[block_id][action_id]`. */
export type InputValue = Json & { readonly type: string };

export interface ViewRecord {
  readonly id: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  readonly rootId: string;
  readonly previousId: string | null;
  /** What the app sent, with block and action ids filled in. */
  body: ViewBody;
  hash: string;
  readonly values: Map<string, InputValue>;
}

export interface ViewBody {
  readonly callbackId: string;
  readonly privateMetadata: string;
  readonly externalId: string;
  readonly title: Json | null;
  readonly submit: Json | null;
  readonly close: Json | null;
  readonly clearOnClose: boolean;
  readonly notifyOnClose: boolean;
  readonly blocks: readonly Block[];
}

/** The key of an input's value in `ViewRecord.values`. */
export function valueKey(blockId: string, actionId: string): string {
  return JSON.stringify([blockId, actionId]);
}
