/** views.*, and blocks.validate. */
import { checkBlocks } from '../block-rules/blocks.ts';
import { checkView } from '../block-rules/views.ts';
import { asObject, type Json } from '../json.ts';
import { SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { viewJson } from '../view-json.ts';
import type { ViewRecord } from '../view-record.ts';
import { openModal, publishHome, pushModal, requireView, updateView } from '../views.ts';
import { invalid, required, text } from './args.ts';
import { findUser } from './find.ts';
import type { Methods } from './method.ts';

export const viewMethods: Methods = {
  'views.open': (slack, args) => shown(slack, openModal(slack, trigger(args), view(args))),
  'views.push': (slack, args) => shown(slack, pushModal(slack, trigger(args), view(args))),

  'views.update': (slack, args) => {
    const id = text(args, 'view_id');
    const externalId = text(args, 'external_id');
    if (id === undefined && externalId === undefined) {
      throw invalid('missing required field: view_id');
    }
    const open = requireView(slack, {
      ...(id === undefined ? {} : { id }),
      ...(externalId === undefined ? {} : { externalId }),
    });
    refuseStale(open, args);
    return shown(slack, updateView(slack, open, view(args)));
  },

  'views.publish': (slack, args) => {
    if (!slack.state.manifest.homeTab) throw new SlackError('not_enabled');
    const user = findUser(slack, required(args, 'user_id'));
    const known = slack.state.homes.get(user.id);
    if (known) refuseStale(known, args);
    return shown(slack, publishHome(slack, user.id, view(args)));
  },

  'blocks.validate': (_, args) => {
    const problems = problemsOf(args);
    if (problems.length === 0) return {};
    const errors = problems.map((problem) => {
      const [, message = problem, pointer = ''] =
        /^(.*) \[json-pointer:(.*)\]$/.exec(problem) ?? [];
      return { code: 'invalid', message, field: pointer.split('/').at(-1), pointer };
    });
    throw new SlackError('invalid_blocks', { errors });
  },
};

function trigger(args: Json): string {
  return text(args, 'trigger_id') ?? required(args, 'interactivity_pointer', 'invalid_trigger_id');
}

function view(args: Json): Json {
  const given = asObject(args['view']);
  if (!given) throw invalid('missing required field: view');
  return given;
}

function refuseStale(open: ViewRecord, args: Json): void {
  const hash = text(args, 'hash');
  if (hash !== undefined && hash !== open.hash) throw new SlackError('hash_conflict');
}

function shown(slack: Slack, record: ViewRecord): Json {
  return { view: viewJson(slack, record) };
}

function problemsOf(args: Json): readonly string[] {
  const given = asObject(args['view']);
  if (given) return checkView(given, given['type'] === 'home' ? 'home' : 'modal');
  const message = asObject(args['message']);
  return checkBlocks(message ? message['blocks'] : args['blocks'], 'message');
}
