/** What the app's manifest grants: the workspace lets the bot do this and nothing else. */
import { asList, asObject, asObjects, asText, type Json } from './json.ts';
import { EVENT_SCOPES } from './scopes.ts';

export interface SlashCommand {
  readonly command: string;
  /** What it does, as the completion shows it. */
  readonly description: string;
  /** What can be typed behind it. */
  readonly usageHint: string;
  readonly shouldEscape: boolean;
}

export interface Shortcut {
  readonly callbackId: string;
  readonly type: 'global' | 'message';
  readonly name: string;
}

export interface AppManifest {
  readonly name: string;
  readonly botName: string;
  readonly scopes: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly commands: readonly SlashCommand[];
  readonly shortcuts: readonly Shortcut[];
  readonly homeTab: boolean;
  readonly messagesTab: boolean;
  readonly interactive: boolean;
}

/**
 * Reads a parsed manifest.yml. Throws when it is no object, or when it subscribes to an event without a scope that
 * grants it: Slack refuses to install such an app. `bot_optional` scopes count as not granted.
 */
export function readManifest(source: unknown): AppManifest {
  const manifest = asObject(source);
  if (!manifest) throw new Error('The manifest is not an object. Pass the parsed manifest.yml.');
  const features = section(manifest, 'features');
  const settings = section(manifest, 'settings');
  const scopes = new Set(texts(section(section(manifest, 'oauth_config'), 'scopes')['bot']));
  const events = texts(section(settings, 'event_subscriptions')['bot_events']);
  for (const event of events) refuseUngranted(event, scopes);
  const home = section(features, 'app_home');
  const name = asText(section(manifest, 'display_information')['name']) ?? 'App';
  return {
    name,
    botName: asText(section(features, 'bot_user')['display_name']) ?? name,
    scopes,
    events: new Set(events),
    commands: asObjects(features['slash_commands']).map((command) => ({
      command: asText(command['command']) ?? '',
      description: asText(command['description']) ?? '',
      usageHint: asText(command['usage_hint']) ?? '',
      shouldEscape: command['should_escape'] === true,
    })),
    shortcuts: asObjects(features['shortcuts']).map((shortcut) => ({
      callbackId: asText(shortcut['callback_id']) ?? '',
      type: shortcut['type'] === 'message' ? 'message' : 'global',
      name: asText(shortcut['name']) ?? '',
    })),
    homeTab: home['home_tab_enabled'] === true,
    messagesTab: home['messages_tab_enabled'] !== false,
    interactive: section(settings, 'interactivity')['is_enabled'] === true,
  };
}

function refuseUngranted(event: string, scopes: ReadonlySet<string>): void {
  const anyOf = EVENT_SCOPES[event] ?? [];
  if (anyOf.length === 0 || anyOf.some((scope) => scopes.has(scope))) return;
  throw new Error(
    `The manifest subscribes to ${event} without the scope ${anyOf.join(' or ')}. Add the scope or drop the event.`,
  );
}

function section(parent: Json, key: string): Json {
  return asObject(parent[key]) ?? {};
}

function texts(value: unknown): readonly string[] {
  return asList(value).flatMap((item) => asText(item) ?? []);
}
