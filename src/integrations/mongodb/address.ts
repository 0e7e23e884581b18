import type { As } from '../database/system.ts';
import type { MongodbSettings } from './schema.ts';

/** Where to connect and who does, with the password: for nobody's eyes. */
export function uriOf({ server, restoreAs }: MongodbSettings, as: As): string {
  const { user, password } = as === 'restorer' ? (restoreAs ?? server) : server;
  const [, scheme = '', hosts = '', options = ''] =
    /^(mongodb(?:\+srv)?:\/\/)([^/?]+)\/?(?:\?(.*))?$/.exec(server.uri) ?? [];
  const login =
    user === undefined
      ? ''
      : `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
  const added = [
    options,
    `tls=${server.tls !== 'disable'}`,
    ...(server.caFile === undefined ? [] : [`tlsCAFile=${encodeURIComponent(server.caFile)}`]),
  ];
  return `${scheme}${login}${hosts}/?${added.filter((each) => each !== '').join('&')}`;
}

/** As they are, and as they stand in the address. */
export function secretsOf({ server, restoreAs }: MongodbSettings): readonly string[] {
  return [server.password, restoreAs?.password].flatMap((secret) =>
    secret === undefined ? [] : [secret, encodeURIComponent(secret)],
  );
}
