import type { Answer, Call } from '../http.ts';

/** One page of `items` as the query asks, with the `Link` header to the others. `wrap` puts it in an envelope. */
export function pageOf<T>(
  call: Call,
  items: readonly T[],
  wrap: (page: readonly T[]) => unknown = (page) => page,
): Answer {
  const { page, size } = pageAsked(call, 30);
  const last = Math.max(1, Math.ceil(items.length / size));
  return {
    status: 200,
    headers: linkHeader(call, page, last),
    body: wrap(items.slice((page - 1) * size, page * size)),
  };
}

/** The page number and size a query asks for; sizes above 100 are cut, as GitHub does. */
export function pageAsked(call: Call, defaultSize: number): { page: number; size: number } {
  return {
    page: positive(call.query.get('page')) ?? 1,
    size: Math.min(positive(call.query.get('per_page')) ?? defaultSize, Math.max(100, defaultSize)),
  };
}

/** The `Link` header of a page, empty when there is only one. */
export function linkHeader(call: Call, page: number, last: number): Record<string, string> {
  const to = (target: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(target));
    return `<${call.origin}${call.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (page > 1) links.push(to(page - 1, 'prev'));
  if (page < last) links.push(to(page + 1, 'next'), to(last, 'last'));
  if (page > 1) links.push(to(1, 'first'));
  return links.length > 0 ? { link: links.join(', ') } : {};
}

function positive(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
