/** files.*: upload in three steps (docs.slack.dev/messaging/working-with-files) and reading back. */
import { asList, asObject, asText, type Json } from '../json.ts';
import { where, who } from '../live.ts';
import { permalink } from '../marks.ts';
import { readText } from '../message-text.ts';
import { botAuthor, postMessage } from '../messages.ts';
import { type ChannelRecord, type FileRecord, SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { seconds } from '../state.ts';
import { ids, invalid, required, text } from './args.ts';
import { activeChannel } from './find.ts';
import type { Methods } from './method.ts';

export const fileMethods: Methods = {
  'files.getUploadURLExternal': (slack, args) => {
    const length = Number(required(args, 'length'));
    if (!Number.isInteger(length) || length <= 0)
      throw invalid('must be a positive integer: length');
    const filename = required(args, 'filename');
    const file: FileRecord = {
      id: slack.state.newId('F'),
      filename,
      length,
      created: seconds(slack.state),
      title: filename,
      content: undefined,
      completed: false,
      shares: [],
    };
    slack.state.files.set(file.id, file);
    return { upload_url: `${slack.origin}/upload/${file.id}`, file_id: file.id };
  },

  'files.completeUploadExternal': (slack, args) => {
    const wanted = asList(args['files']);
    if (wanted.length === 0) throw invalid('missing required field: files');
    const channels = targets(slack, args);
    const files = wanted.map((entry) => uploaded(slack, asObject(entry) ?? {}));
    for (const file of files) file.completed = true;
    for (const channel of channels) share(slack, channel, files, args);
    return { files: files.map(({ id, title }) => ({ id, title })) };
  },

  'files.info': (slack, args) => {
    const file = slack.state.files.get(required(args, 'file', 'file_not_found'));
    if (!file?.completed) throw new SlackError('file_not_found');
    return { file: { ...fileView(slack, file), shares: sharesView(slack, file) }, comments: [] };
  },
};

function targets(slack: Slack, args: Json): readonly ChannelRecord[] {
  const named = [...ids(args, 'channel_id'), ...ids(args, 'channels')];
  return named.map((channel) => activeChannel(slack, { channel }));
}

function uploaded(slack: Slack, entry: Json): FileRecord {
  const file = slack.state.files.get(asText(entry['id']) ?? '');
  if (!file?.content || file.completed) throw new SlackError('file_not_found');
  file.title = asText(entry['title']) ?? file.filename;
  return file;
}

function share(
  slack: Slack,
  channel: ChannelRecord,
  files: readonly FileRecord[],
  args: Json,
): void {
  const thread = text(args, 'thread_ts');
  const comment = args['blocks'] ?? text(args, 'initial_comment');
  const content =
    comment === undefined
      ? { text: '' }
      : readText({ ...args, text: args['initial_comment'] }, { maxText: 40_000 });
  const message = postMessage(
    slack,
    channel,
    {
      ...botAuthor(slack),
      ...content,
      files: files.map((file) => fileView(slack, file)),
      upload: true,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    },
    { subtype: 'file_share' },
  );
  for (const file of files) {
    file.shares.push({ channel: channel.id, ts: message.ts });
    slack.tell({
      kind: 'file',
      channel: where(slack.state, channel),
      by: who(slack.state, slack.state.botUserId),
      file: { id: file.id, name: file.filename, title: file.title },
    });
  }
}

function fileView(slack: Slack, file: FileRecord): Json {
  const { state, origin } = slack;
  const name = encodeURIComponent(file.filename);
  const extension = /\.([A-Za-z0-9]+)$/.exec(file.filename)?.[1]?.toLowerCase() ?? 'text';
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.filename,
    title: file.title,
    filetype: extension,
    user: state.botUserId,
    user_team: state.teamId,
    editable: false,
    size: file.length,
    mode: 'hosted',
    is_external: false,
    is_public: true,
    url_private: `${origin}/files/${file.id}/${name}`,
    url_private_download: `${origin}/files/${file.id}/${name}`,
    permalink: `https://${state.domain}.slack.com/files/${state.botUserId}/${file.id}/${name}`,
  };
}

function sharesView(slack: Slack, file: FileRecord): Json {
  const shares: Record<'public' | 'private', Record<string, readonly Json[]>> = {
    public: {},
    private: {},
  };
  for (const { channel: id, ts } of file.shares) {
    const channel = slack.state.channels.get(id);
    if (!channel) continue;
    const side = channel.kind === 'public' ? 'public' : 'private';
    const share = { ts, channel_name: channel.name, permalink: permalink(slack, channel, ts) };
    shares[side][id] = [...(shares[side][id] ?? []), share];
  }
  return shares;
}
