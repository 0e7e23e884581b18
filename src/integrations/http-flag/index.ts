import { z } from 'zod';
import type { Component } from '../../component.ts';
import type { Json } from '../../operation.ts';
import { finding, passed, warned } from '../finding.ts';
import { createFlagComponent } from '../flags/index.ts';
import type { Ingredients } from '../index.ts';
import { createJsonApi } from '../json-api/index.ts';
import { at, keysOf, withValue } from './pointer.ts';
import { type HttpFlag, HttpFlagSettings } from './schema.ts';

/** Flags of a service of one's own. Throws ZodError on settings that were not parsed. */
export function createHttpFlag(from: Ingredients): Component {
  const { flags, token, reachesWithin } = HttpFlagSettings.parse(from.settings);
  const hosts = [...new Set(Object.values(flags).map(({ url }) => new URL(url).host))];
  const api = createJsonApi('', token ? { authorization: `Bearer ${token}` } : {}, {
    system: 'The flag service',
    secrets: token ? [token] : [],
    meaning: (status) =>
      status === 412 || status === 409
        ? { next: 'Somebody changed it at the same time; look at it, then try again.' }
        : {},
  });

  function flagOf(name: string): HttpFlag {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag) throw new Error(`${name} is no flag of ${from.id}`);
    return flag;
  }

  async function fetchDocument(name: string, signal: AbortSignal) {
    const { url } = flagOf(name);
    const on = `${name} at ${readable(url)}`;
    const { body, header } = await api.read(
      { attempted: 'read the flag', on, path: url },
      z.json(),
      signal,
    );
    return { document: body as Json, etag: header('etag') };
  }

  async function read(name: string, signal: AbortSignal) {
    const flag = flagOf(name);
    const found = at((await fetchDocument(name, signal)).document, flag.pointer);
    if (found === flag.on) return { state: 'on' };
    if (found === flag.off) return { state: 'off' };
    return { state: found === undefined ? 'not there' : `neither on nor off (${brief(found)})` };
  }

  return createFlagComponent(from.id, {
    kind: 'http-flag',
    title: `flags of ${hosts.join(', ')}`,
    names: Object.keys(flags),
    reachesWithin,
    read,
    async write(name, to, intent, signal) {
      const flag = flagOf(name);
      const { document, etag } = await fetchDocument(name, signal);
      const value = flag[to];
      const keys = keysOf(flag.pointer);
      const bodies: Readonly<Record<HttpFlag['send'], Json>> = {
        document: withValue(document, keys, value),
        flag: withValue({}, keys, value),
        value,
      };
      const path = flag.writeUrl ?? flag.url;
      await api.change(
        {
          method: flag.method,
          attempted: `switch the flag ${to}`,
          on: `${name} at ${readable(path)}`,
          path,
          headers: {
            'idempotency-key': intent.key,
            // Where the service counts its revisions, nobody else's change is overwritten.
            ...(etag && path === flag.url ? { 'if-match': etag } : {}),
          },
          body: bodies[flag.send],
        },
        signal,
      );
    },
    manual(name, to) {
      const flag = flagOf(name);
      const value = JSON.stringify(to === 'on' ? flag.on : flag.off);
      return `Set ${name} ${to} in the flag service: ${flag.method} ${readable(flag.writeUrl ?? flag.url)}, ${flag.pointer || 'the whole document'} = ${value}. Then read ${readable(flag.url)} to see it.`;
    },
    async doctor(signal) {
      const looks = Object.keys(flags).map((name) =>
        finding(`flag ${name}`, 'fail', async () => {
          const { state } = await read(name, signal);
          return state === 'on' || state === 'off'
            ? passed(`it is ${state}`)
            : warned(`it is ${state}`, 'Check `pointer`, `on` and `off` in backstop.yaml.');
        }),
      );
      return Promise.all(looks);
    },
  });
}

/** The address without what may be secret in it. */
function readable(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function brief(value: Json): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 40);
}
