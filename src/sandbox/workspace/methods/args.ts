/** Reading the arguments of a Web API call, which come as form fields (all text) or as JSON. */
import { asObject, asText, type Json, parseJson } from '../json.ts';
import { SlackError } from '../model.ts';

const STRUCTURED = new Set([
  'attachments',
  'blocks',
  'changes',
  'criteria',
  'document_content',
  'files',
  'message',
  'metadata',
  'view',
]);

/** Arguments as they are used and logged: JSON in form fields is parsed, tokens are taken out. */
export function readArgs(source: Json): Json {
  const entries = Object.entries(source).filter(([key]) => key !== 'token');
  return Object.fromEntries(
    entries.map(([key, value]) =>
      STRUCTURED.has(key) && typeof value === 'string'
        ? [key, parseJson(value) ?? value]
        : [key, value],
    ),
  );
}

/** A text argument, numbers included; undefined when it was not given or is empty. */
export function text(args: Json, name: string): string | undefined {
  const value = args[name];
  if (typeof value === 'number') return String(value);
  const given = asText(value);
  return given === '' ? undefined : given;
}

/** A text argument that must be there. Throws `code`, by default invalid_arguments with Slack's complaint. */
export function required(args: Json, name: string, code?: string): string {
  const value = text(args, name);
  if (value !== undefined) return value;
  if (code !== undefined) throw new SlackError(code);
  throw invalid(`missing required field: ${name}`);
}

/** A boolean argument, as JSON or as the words forms carry. */
export function flag(args: Json, name: string, absent = false): boolean {
  const value = args[name];
  if (value === undefined || value === '') return absent;
  return value === true || value === 'true' || value === 1 || value === '1';
}

/** A whole number from 1 on; over `max` it is cut to it, as Slack does. Throws invalid_limit. */
function limit(args: Json, sizes: { readonly usual: number; readonly max: number }): number {
  const value = text(args, 'limit');
  if (value === undefined) return sizes.usual;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new SlackError('invalid_limit');
  return number === 0 ? sizes.usual : Math.min(number, sizes.max);
}

/** Ids as a comma-separated text or a JSON array. */
export function ids(args: Json, name: string): readonly string[] {
  const value = args[name];
  const items = Array.isArray(value) ? value.map(String) : (asText(value) ?? '').split(',');
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/** An object argument; undefined when it was not given. Throws invalid_arguments when it is no JSON object. */
export function object(args: Json, name: string): Json | undefined {
  const value = args[name];
  if (value === undefined || value === '') return undefined;
  const found = asObject(value);
  if (!found) throw invalid(`must be an object: ${name}`);
  return found;
}

/** The error Slack answers when the arguments do not fit the method. */
export function invalid(complaint: string): SlackError {
  return new SlackError('invalid_arguments', {
    response_metadata: { messages: [`[ERROR] ${complaint} [json-pointer:/]`] },
  });
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

/** One page of a listing, by opaque cursor. Throws invalid_cursor. */
export function page<T>(
  all: readonly T[],
  args: Json,
  sizes: { readonly usual: number; readonly max: number },
): Page<T> {
  const size = limit(args, sizes);
  const start = readCursor(text(args, 'cursor'));
  const end = start + size;
  const next = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: all.slice(start, end), next };
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const match = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString());
  if (!match) throw new SlackError('invalid_cursor');
  return Number(match[1]);
}

/** `response_metadata` with the cursor of the next page, empty on the last. */
export function nextPage(next: string): Json {
  return { response_metadata: { next_cursor: next } };
}
