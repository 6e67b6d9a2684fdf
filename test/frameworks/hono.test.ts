// More tests with Hono are in frameworks.test.ts.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { WebhookVerifier } from '../../src';
import { verifyWebhook } from '../../src/frameworks/hono';
import { root } from '../support/run';
import { claims, secret, time, tokenOf } from '../support/webhooks';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the query that a handler reads by name is the verified one,', () => {
  test.each([
    ['though the host has a parameter', 'http://x&from=evil&/answer/1?uuid=u1&from=right'],
    ['though the path has a parameter', 'http://x/answer/1&from=evil&?uuid=u1&from=right'],
    ['though a value has a parameter', 'http://x/answer/1?uuid=u1?from=evil&from=right'],
    ['though its name is escaped', 'http://x/answer/1?uuid=u1&fr%6fm=right'],
    ['the first of two, though its name is escaped', 'http://x/answer/1?fr%6fm=right&from=evil'],
  ])('%s', async (_what, url) => {
    const verifier = new WebhookVerifier({ secrets: secret, now: () => time * 1000 });
    const app = new Hono();
    app.get('/answer/:id', verifyWebhook(verifier), (context) =>
      context.text(String(context.req.query('from'))),
    );
    const pairs = [...new URL(url).searchParams].map((pair) =>
      pair.map((part) => JSON.stringify(part)),
    );
    const json = `{${pairs.map((pair) => pair.join(':')).join(',')}}`;
    const authorization = `Bearer ${tokenOf({ ...claims, payload_hash: sha256(json) })}`;
    const response = await app.request(url, { headers: { authorization } });
    expect([response.status, await response.text()]).toEqual([200, 'right']);
  });

  test('with the versions of Hono that package.json allows', () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      peerDependencies: Record<string, string>;
    };
    expect(peerDependencies['hono']).toBe('^4.13.15');
  });
});
