import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AxiosInstance, AxiosStatic } from 'axios';
import newest from 'axios';
import oldest from 'axios-1-2';
import { attachAuth, AuthInjector, Credentials, type Scheme } from '../../src';
import { testsOlderVersions } from '../support/older-versions';
import type { Behaviour, World } from './axios-behaviours/behaviour';
import { toPlainValue } from './axios-behaviours/outcome';
import { startBehaviourServer } from './axios-behaviours/server';
import { behaviours } from './axios-behaviours/table';

// src/http/axios.ts: with attachAuth, a request behaves as with axios alone, plus the credential.

const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });

const clients: [name: string, library: AxiosStatic, adapter: World['adapter']][] =
  testsOlderVersions
    ? [
        ['the oldest axios, http', oldest as unknown as AxiosStatic, 'http'],
        ['the newest axios, fetch', newest, 'fetch'],
      ]
    : [['the newest axios, http', newest, 'http']];

/** Each behaviour is observed without `attachAuth`, with a credential in a header, and with one in the query. */
const columns = [undefined, 'basic', 'query'] as const;

/** How many behaviours are observed at the same time. */
const maxConcurrent = 6;

async function observe(
  behaviour: Behaviour,
  [library, adapter]: [AxiosStatic, World['adapter']],
  scheme: Scheme | undefined,
): Promise<unknown> {
  const server = await startBehaviourServer();
  const attach = (http: AxiosInstance) => {
    if (scheme === undefined) return;
    const products = [{ name: 'server', urls: [server.origin], schemes: [scheme] as const }];
    attachAuth(http, new AuthInjector(credentials, { products }));
  };
  const create: World['create'] = (config, prepare) => {
    const http = library.create({ baseURL: server.origin, adapter, ...config });
    prepare?.(http);
    attach(http);
    return http;
  };
  const deadline = new AbortController();
  try {
    const late = wait(5000, undefined, { signal: deadline.signal }).then(() => {
      throw new Error('The behaviour did not end within 5 seconds.');
    });
    return toPlainValue(
      await Promise.race([behaviour.run({ library, adapter, server, create }), late]),
    );
  } finally {
    deadline.abort();
    await server.close();
  }
}

type Observed = PromiseSettledResult<unknown>[];

function isVaried(observed: Observed = []): boolean {
  return (
    new Set(observed.map((each) => JSON.stringify(each))).size > 1 ||
    observed[0]?.status === 'rejected'
  );
}

describe.each(clients)('with %s,', (_name, library, adapter) => {
  const isThere = ({ by = adapter, isNew = false }: Behaviour) =>
    by === adapter && !(isNew && library !== newest);
  const cases = behaviours.filter(([, behaviour]) => isThere(behaviour));
  const observed = new Map<string, Observed>();

  async function observeAll(chosen: typeof cases, concurrent: number): Promise<void> {
    const waiting = [...chosen];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [name, behaviour] = next;
        const runs = columns.map((scheme) => observe(behaviour, [library, adapter], scheme));
        observed.set(name, await Promise.allSettled(runs));
      }
    };
    await Promise.all(Array.from({ length: concurrent }, work));
  }

  beforeAll(async () => {
    await observeAll(cases, maxConcurrent);
    // A difference may come from a timer that expired on a busy machine. So what differs is observed again, one by one.
    const varied = cases.filter(([name, { differs }]) => !differs && isVaried(observed.get(name)));
    await observeAll(varied, 1);
  }, 120_000);

  const sentences = cases.map(
    ([name, { differs }]) => [name, differs ? 'differs' : 'is unchanged', differs] as const,
  );

  test.each(sentences)('%s %s with attachAuth', (name, _verb, differs) => {
    const [without, ...attached] = observed.get(name) ?? [];
    expect(without).toHaveProperty('value');
    if (differs === undefined) for (const each of attached) expect(each).toEqual(without);
    else expect(attached).not.toEqual([without, without]);
  });
});

test('there are at least 200 behaviours, each with its own name', () => {
  const names = new Set(behaviours.map(([name]) => name));
  expect(names.size).toBe(behaviours.length);
  expect(names.size).toBeGreaterThanOrEqual(200);
});

test('docs/http-clients.md names every difference', () => {
  const page = readFileSync(join(__dirname, '../../docs/http-clients.md'), 'utf8');
  const text = page.replace(/\s+/g, ' ');
  const reasons = new Set(behaviours.flatMap(([, { differs }]) => differs ?? []));
  expect([...reasons].filter((reason) => !text.includes(reason))).toEqual([]);
});
