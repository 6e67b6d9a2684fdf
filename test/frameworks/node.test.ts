import express from 'express';
import { isHeadSent } from '../../src/frameworks/node';
import { listen } from './serving';

test('whether the head was sent is asked of Node, whatever the property of the response says', async () => {
  const seen: boolean[] = [];
  const site = await listen(
    express().use((_request, response) => {
      Object.defineProperty(response, 'headersSent', { value: true, configurable: true });
      seen.push(isHeadSent(response));
      Object.defineProperty(response, 'headersSent', { value: false });
      response.end();
      seen.push(isHeadSent(response));
    }),
  );
  await fetch(site.url);
  expect(seen).toEqual([false, true]);
});

test.each([false, true])(
  'a response of another kind, without a getter of Node, is asked itself: %s',
  (headersSent) => {
    expect(isHeadSent({ headersSent })).toBe(headersSent);
  },
);
