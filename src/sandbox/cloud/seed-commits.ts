import type { Person } from './github/index.ts';

const ana: Person = { name: 'Ana Ruiz', login: 'ana-ruiz' };
const ben: Person = { name: 'Ben Okafor', login: 'benokafor' };
const cleo: Person = { name: 'Cleo Lindqvist', login: 'cleo-l' };
const dmitri: Person = { name: 'Dmitri Petrov', login: 'dpetrov' };
const bot: Person = { name: 'dependabot[bot]', login: 'dependabot[bot]' };

/** A change to the checkout; with a `tag` it is the commit of a release, which has no pull request. */
export interface SeedCommit {
  readonly title: string;
  readonly author: Person;
  readonly hoursAgo: number;
  /** Added and removed lines by file. */
  readonly files: Readonly<Record<string, readonly [added: number, removed: number]>>;
  readonly tag?: string;
  /** Its pull request was opened then, and is not merged. */
  readonly isOpen?: boolean;
}

/** The history of acme/checkout, oldest first. The release 2.4.0 is broken by "Read tax rates from the pricing service". */
export const COMMITS: readonly SeedCommit[] = [
  change('Split the checkout from the shop', cleo, 1010, { 'server.js': [412, 0] }),
  change('Show the delivery date in the summary', ana, 912, { 'src/summary.js': [38, 4] }),
  change('Cache the product list for a minute', dmitri, 866, { 'src/products.js': [21, 6] }),
  change('Validate postcodes by country', ben, 781, { 'src/address.js': [64, 12] }),
  change('Drop the old voucher table', dmitri, 733, { 'migrations/0031-vouchers.sql': [3, 0] }),
  change('Bump undici from 7.28.0 to 7.30.2', bot, 655, { 'package-lock.json': [6, 6] }),
  change('Retry timeouts of the payment provider', cleo, 602, { 'src/payment.js': [44, 9] }),
  release('2.3.0', ben, 562),
  change('Log the basket id with every error', ana, 505, { 'src/errors.js': [9, 3] }),
  change('Translate the payment page into Dutch', ben, 437, { 'locales/nl.json': [118, 0] }),
  change('Keep the basket when a session expires', dmitri, 402, { 'src/session.js': [27, 11] }),
  change('Let the keyboard reach the pay button', ana, 344, { 'views/pay.html': [5, 2] }),
  change('Round totals half up', cleo, 301, { 'src/totals.js': [8, 8], 'test/totals.js': [30, 2] }),
  change('Bump pino from 9.9.0 to 9.13.1', bot, 263, { 'package-lock.json': [4, 4] }),
  change('Fix the double charge after a reload', cleo, 223, { 'src/payment.js': [17, 5] }),
  release('2.3.1', ben, 218),
  change('Show taxes by country in the summary', ana, 192, { 'src/summary.js': [41, 7] }),
  change('Read tax rates from the pricing service', dmitri, 171, {
    'src/totals.js': [33, 19],
    'src/pricing.js': [72, 0],
  }),
  change('Move the basket to Redis 7', ben, 145, { 'src/session.js': [12, 12] }),
  change('Offer pick-up in the store', ana, 121, {
    'src/delivery.js': [88, 3],
    'views/delivery.html': [40, 6],
  }),
  change('Count abandoned baskets', dmitri, 98, { 'src/metrics.js': [19, 0] }),
  change('Bump zod from 4.6.1 to 4.6.7', bot, 74, { 'package-lock.json': [3, 3] }),
  change('Shorten the address form', cleo, 51, { 'views/address.html': [14, 37] }),
  change('Warn before a voucher expires', ben, 27, { 'src/vouchers.js': [25, 1] }),
  { ...change('Take gift cards', ana, 20, { 'src/gift-cards.js': [61, 0] }), isOpen: true },
  release('2.4.0', cleo, 2),
];

function change(
  title: string,
  author: Person,
  hoursAgo: number,
  files: SeedCommit['files'],
): SeedCommit {
  return { title, author, hoursAgo, files };
}

function release(version: string, author: Person, hoursAgo: number): SeedCommit {
  const files = { 'package.json': [1, 1], 'CHANGELOG.md': [9, 0] } as const;
  return { title: `Release ${version}`, author, hoursAgo, files, tag: `v${version}` };
}
