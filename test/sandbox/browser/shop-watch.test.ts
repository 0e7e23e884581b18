import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { watchShop } from '../../../src/sandbox/browser/shop-watch.ts';

it('shows what the newest customer was told, though an older one waited longer', {
  timeout: 60_000,
}, async ({ onTestFinished }) => {
  const waiting: ServerResponse[] = [];
  const tell = (which: number, release: string): void => {
    const response = waiting[which];
    if (response && !response.headersSent) response.setHeader('x-release', release).end('{}');
  };
  const shop = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === 2) tell(1, 'newer');
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    shop.closeAllConnections();
    shop.close();
  });
  const { port } = shop.address() as AddressInfo;
  let at = 0;
  const now = () => {
    at += 1;
    return at;
  };

  const seen = await new Promise((resolve) => {
    const watch = watchShop(`http://127.0.0.1:${port}`, now, () => {
      const times = watch.samples.map((sample) => sample.at);
      if (times.includes(1)) resolve({ times, release: watch.says.release });
      else if (times.includes(2)) tell(0, 'older');
    });
    onTestFinished(() => watch.stop());
  });

  expect(seen).toEqual({ times: [1, 2], release: 'newer' });
});
