/**
 * The address of a message in the browser, as `chat.getPermalink` gives it; undefined where the workspace's own is not known.
 * @param workspaceUrl ends in a slash. @param ts Slack's id of the message in its channel.
 */
export function messageAddress(
  workspaceUrl: string | undefined,
  channel: string,
  ts: string,
): string | undefined {
  if (workspaceUrl === undefined) return undefined;
  return new URL(`archives/${channel}/p${ts.replace('.', '')}`, workspaceUrl).href;
}
