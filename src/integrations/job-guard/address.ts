/** What may be said of a connection string, and what must not. */

/** `host:port/database`, without user and password; `otherwise` where it is no address. */
export function whereOfUrl(url: string, otherwise: string): string {
  if (!URL.canParse(url)) return otherwise;
  const { host, pathname } = new URL(url);
  return `${host}${pathname.replace(/\/$/, '')}`;
}

/** The parts of a connection string that are in no message. */
export function secretsOfUrl(url: string): readonly string[] {
  const password = URL.canParse(url) ? new URL(url).password : '';
  if (password === '') return [url];
  return [url, password, ...plainOf(password)];
}

function plainOf(encoded: string): readonly string[] {
  try {
    return [decodeURIComponent(encoded)];
  } catch {
    // A percent sign that stands for itself.
    return [];
  }
}
