import type { Route } from './http.ts';

/** Finds the first route for a method and path, with the path's parameters decoded. */
export function createRouter(routes: readonly Route[], ignoreCase: boolean) {
  const compiled = routes.map((route) => ({
    route,
    method: route.call.split(' ', 1)[0],
    pattern: new RegExp(
      `^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)').replace(/\*(\w+)/g, '(?<$1>.+)')}/?$`,
      ignoreCase ? 'i' : '',
    ),
  }));
  return (method: string, path: string) => {
    for (const { route, method: wanted, pattern } of compiled) {
      const match = wanted === method ? pattern.exec(path) : null;
      if (!match) continue;
      const groups = Object.entries(match.groups ?? {});
      return { route, params: Object.fromEntries(groups.map(([k, v]) => [k, decode(v)])) };
    }
    return { route: undefined, params: {} };
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
