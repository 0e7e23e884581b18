/** What each address of the workspace does: /api/METHOD, /response/ID, /upload/ID, /files/ID/NAME. */
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import type { Json } from './json.ts';
import { readArgs, text } from './methods/args.ts';
import { SlackError } from './model.ts';
import { bearer, readFields, readUpload } from './request.ts';
import type { ResponseUrls } from './response-urls.ts';
import { scopesOf } from './scopes.ts';
import type { Slack } from './slack.ts';
import type { SocketMode } from './socket-mode.ts';
import { answerCall, type Tokens } from './web-api.ts';

export interface Endpoints {
  readonly slack: Slack;
  readonly tokens: Tokens;
  readonly responseUrls: ResponseUrls;
  readonly socketMode: SocketMode;
}

/** A request that was read and is not performed yet, so that a fault can come between. */
export interface Task {
  readonly method: string;
  readonly args: Json;
  act(): Answer;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** What follows the first part of the path, decoded. */
  readonly rest: string;
}

/** What the request asks for. */
export async function taskOf(options: Endpoints, request: IncomingMessage): Promise<Task> {
  const url = new URL(request.url ?? '/', options.slack.origin);
  const [, first = '', ...others] = url.pathname.split('/');
  const visit = { request, query: url.searchParams, rest: decodeURIComponent(others.join('/')) };
  if (first === 'api') return methodCall(options, visit);
  if (first === 'response' && request.method === 'POST') return responseUrlUse(options, visit);
  if (first === 'upload' && request.method === 'POST') return upload(options, visit);
  if (first === 'files') return download(options, visit);
  return refusal(`${request.method} ${url.pathname}`, 404, 'not found');
}

async function methodCall(options: Endpoints, visit: Visit): Promise<Task> {
  const method = visit.rest;
  const fields = await readFields(visit.request, visit.query);
  if (!fields) return refusal(method, 200, { ok: false, error: 'invalid_json' });
  const args = readArgs(fields);
  const token = bearer(visit.request) ?? text(fields, 'token');
  const { slack, tokens, socketMode } = options;
  const newSocketUrl = () => socketMode.newUrl(slack.origin);
  return {
    method,
    args,
    act: () => ({
      status: 200,
      headers: {
        'x-oauth-scopes': [...slack.state.manifest.scopes].join(','),
        'x-accepted-oauth-scopes': scopesOf(method).join(','),
      },
      body: answerCall({ slack, tokens, newSocketUrl }, { method, token, args }),
    }),
  };
}

async function responseUrlUse(options: Endpoints, visit: Visit): Promise<Task> {
  const fields = await readFields(visit.request, visit.query);
  if (!fields) return refusal('response_url', 400, { ok: false, error: 'invalid_payload' });
  return {
    method: 'response_url',
    args: fields,
    act: () => {
      try {
        options.responseUrls.use(options.slack, visit.rest, fields);
        return { status: 200, body: 'ok' };
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        const spent = error.code === 'used_url' || error.code === 'expired_url';
        const body = { ok: false, error: error.code, ...error.extra };
        return { status: spent ? 404 : 400, body };
      }
    },
  };
}

async function upload(options: Endpoints, visit: Visit): Promise<Task> {
  const content = await readUpload(visit.request);
  const file = options.slack.state.files.get(visit.rest);
  return {
    method: 'upload_url',
    args: { file: visit.rest, length: content.length },
    act: () => {
      if (!file || file.completed) return { status: 404, body: 'file_not_found' };
      if (content.length !== file.length) return { status: 400, body: 'length mismatch' };
      file.content = content;
      return { status: 200, body: `OK - ${content.length}` };
    },
  };
}

function download(options: Endpoints, visit: Visit): Task {
  const [id = ''] = visit.rest.split('/');
  const { state } = options.slack;
  const allowed =
    bearer(visit.request) === options.tokens.bot && state.manifest.scopes.has('files:read');
  const file = state.files.get(id);
  return {
    method: 'file_url',
    args: { file: id },
    act: () => {
      if (!allowed) return { status: 403, body: 'The bot token with files:read is needed.' };
      if (!file?.completed || !file.content) return { status: 404, body: 'file_not_found' };
      return { status: 200, body: file.content };
    },
  };
}

function refusal(method: string, status: number, body: Answer['body']): Task {
  return { method, args: {}, act: () => ({ status, body }) };
}
