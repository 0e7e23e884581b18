/** should_escape of slash commands (docs.slack.dev/interactivity/implementing-slash-commands). */
import type { Slack } from './slack.ts';

/** `@name` and `#channel` become `<@U…|name>` and `<#C…|channel>`, as should_escape asks for. */
export function escapeNames(slack: Slack, text: string): string {
  const { users, channels } = slack.state;
  return text
    .replaceAll(/(?<![\w<])@([\w.-]+)/g, (as, name: string) => {
      const user = [...users.values()].find((entry) => entry.name === name);
      return user ? `<@${user.id}|${name}>` : as;
    })
    .replaceAll(/(?<![\w<])#([\w-]+)/g, (as, name: string) => {
      const channel = [...channels.values()].find((entry) => entry.name === name);
      return channel ? `<#${channel.id}|${name}>` : as;
    });
}
