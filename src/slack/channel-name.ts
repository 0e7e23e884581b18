/** Slack's limit for a channel name. */
const MAX_NAME = 80;

/**
 * The channel name of an incident: `inc-0001-checkout-is-failing`. Slack takes lower-case letters, digits, `-` and `_`.
 * @param attempt 1, or higher when the names before were taken; then the name ends in `-2`, `-3`, …
 */
export function channelName(
  prefix: string,
  number: number,
  title: string,
  attempt: number,
): string {
  const suffix = attempt > 1 ? `-${attempt}` : '';
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-');
  const start = `${prefix}-${String(number).padStart(4, '0')}`;
  const room = MAX_NAME - start.length - suffix.length - 1;
  const slug = words.replace(/^-+/, '').slice(0, room).replace(/-+$/, '');
  return `${start}${slug ? `-${slug}` : ''}${suffix}`;
}
