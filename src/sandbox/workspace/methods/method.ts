/** What a Web API method is to the workspace. */
import type { Json } from '../json.ts';
import type { Slack } from '../slack.ts';

/** Does what the method does and returns the answer without `ok`; throws SlackError for a Slack error answer. */
export type Method = (slack: Slack, args: Json) => Json;

export type Methods = Readonly<Record<string, Method>>;
