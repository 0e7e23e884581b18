/** Reading the bodies Slack's endpoints take: forms, JSON and multipart. */
import type { IncomingMessage } from 'node:http';
import { asObject, type Json, parseJson } from './json.ts';

/** The whole body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The arguments of a call from its query and body, files left out; undefined when a JSON body cannot be parsed. */
export async function readFields(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Json | undefined> {
  const body = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  const fromQuery = Object.fromEntries(query);
  if (type.startsWith('application/json')) {
    const fields = asObject(parseJson(body.toString('utf8')));
    return fields && { ...fromQuery, ...fields };
  }
  if (type.startsWith('multipart/form-data')) {
    const fields = [...(await formOf(body, type))].filter(([, value]) => typeof value === 'string');
    return { ...fromQuery, ...Object.fromEntries(fields) };
  }
  return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
}

/** The bytes of an uploaded file: the first part of a multipart body, or the body itself. */
export async function readUpload(request: IncomingMessage): Promise<Buffer> {
  const body = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return body;
  const [value] = [...(await formOf(body, type)).values()];
  if (value === undefined) return Buffer.alloc(0);
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(await value.arrayBuffer());
}

function formOf(body: Buffer, type: string): Promise<FormData> {
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}

/** The token of a Bearer header. */
export function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
}
