/** Who is let in: the page that was opened with the printed address, and no other page of the same browser. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface Door {
  readonly token: string;
  /** The `set-cookie` that a page opened with the right token gets. */
  readonly cookie: string;
  /** Whether this is the token. */
  fits(token: string | null): boolean;
  /** Why a request is turned away; undefined when it may come in. */
  refusal(request: IncomingMessage): string | undefined;
}

/**
 * A door with a new token. The cookie carries the port in its name, because cookies do not tell ports apart.
 * @param host the name it is served under, accepted in `Host` besides localhost and addresses: another name that leads
 * here is a foreign page's trick (DNS rebinding).
 */
export function createDoor(host: string, port: number): Door {
  const token = randomBytes(24).toString('base64url');
  const name = `backstop-sandbox-${port}`;
  const fits = (given: string | null): boolean => given !== null && same(given, token);

  function refusal(request: IncomingMessage): string | undefined {
    const authority = request.headers.host ?? '';
    if (!isOurs(authority, host)) return 'This name is not one of the sandbox.';
    if (!fits(cookieOf(request, name))) {
      return 'Open the sandbox with the address that it printed in the terminal.';
    }
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${authority}`) {
      return 'Another page may not do that.';
    }
    const site = request.headers['sec-fetch-site'];
    if (request.method === 'GET') {
      return site === 'cross-site' || site === 'same-site'
        ? 'Another page may not read this.'
        : undefined;
    }
    return origin === undefined
      ? 'A request that changes something must say where it comes from.'
      : undefined;
  }

  return {
    token,
    cookie: `${name}=${token}; HttpOnly; SameSite=Strict; Path=/`,
    fits,
    refusal,
  };
}

/** Hashes have one length, so that comparing tells nothing. */
function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function isOurs(authority: string, host: string): boolean {
  if (!URL.canParse(`http://${authority}`)) return false;
  const name = new URL(`http://${authority}`).hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === host || isIP(name) !== 0;
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}
