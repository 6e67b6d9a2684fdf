import { setTimeout as wait } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import type { RedisClient } from '../../src/webhooks/redis-client';
import { RedisReplayGuard } from '../../src/webhooks/redis-replay-guard';
import { failure, rejection } from '../support/errors';
import { findRedis, freePort, type RedisServer, startReplyDroppingProxy } from '../support/redis';
import { openClient, openIoredis, openNodeRedis, type Open } from '../support/redis-clients';
import {
  describeWithRedis,
  createGuard,
  createGuardOfEmptyRedis,
  redis,
  cleanups,
  claimUntilNew,
} from '../support/redis-guards';
import { forgetWarnings } from '../support/warnings';

const unavailable = 'ERR_REPLAY_GUARD_UNAVAILABLE';

/** A guard whose replies can be lost on their way, and another. */
async function throughCutter(open: Open) {
  const { port } = await redis();
  const cutter = await startReplyDroppingProxy(port, 'nexmo-auth:replay:');
  cleanups.push(cutter.close);
  const [guard, other] = [createGuard(open(cutter.port)), createGuard(open(port))];
  await guard.claim('first', 60);
  return { guard, other, lose: cutter.dropReplies };
}

/** Has a Redis do something by itself. */
async function ask(port: number, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(port);
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

test('without a redis-server, what needs one is left out; but it fails where there must be one', () => {
  const nowhere = { REDIS_SERVER_PATH: '/nowhere/redis-server' };
  expect(findRedis(nowhere)).toBeUndefined();
  expect(findRedis({ PATH: __dirname })).toBeUndefined();
  for (const name of ['CI', 'NEXMO_AUTH_REQUIRE_ALL']) {
    expect(() => findRedis({ ...nowhere, [name]: '1' })).toThrow('apt-get install redis-server');
  }
});

// docs/threat-model.md#data-kept-too-long
describe('what it keeps', () => {
  test.each([undefined, null, 7, {}, ['a'], Buffer.from('a'), 'a'.repeat(257)])(
    'an ID that is no text of at most 256 characters is refused, and nothing is sent: %#',
    async (id) => {
      const { guard, commands } = createGuardOfEmptyRedis();
      for (const call of [
        guard.claim(id as string, 60),
        guard.confirm(id as string, 60),
        guard.release(id as string),
      ]) {
        expect((await rejection(call)).code).toBe('ERR_INVALID_OPTION');
      }
      expect(commands).toEqual([]);
    },
  );
});

describe('what it is made of', () => {
  const { client, close } = openIoredis(1);
  close();

  test.each([
    undefined,
    null,
    'redis://127.0.0.1',
    {},
    [],
    { get: () => null, set: () => null },
    { call: 'SET' },
    () => client,
  ])('a client that is none of ioredis or redis is refused: %p', (other) => {
    const { code, message } = failure(() => new RedisReplayGuard(other as RedisClient));
    expect(code).toBe('ERR_INVALID_OPTION');
    expect(message).toContain('ioredis');
  });

  test.each([
    null,
    'prefix',
    { prefix: null },
    { prefix: 7 },
    { deadline: 0 },
    { deadline: 1.5 },
    { deadline: null },
    { signal: {} },
    { keyPrefix: 'a' },
  ])('options of another form are refused: %j', (options) => {
    const { code } = failure(() => new RedisReplayGuard(client, options as object));
    expect(code).toBe('ERR_INVALID_OPTION');
  });

  test.each([0, -1, 0.5, NaN, Infinity, '60'])(
    '%p is no lease, and no time to remember',
    async (seconds) => {
      const guard = new RedisReplayGuard(client);
      for (const asked of [
        guard.claim('id', seconds as number),
        guard.confirm('id', seconds as number),
      ]) {
        expect((await rejection(asked)).code).toBe('ERR_INVALID_OPTION');
      }
    },
  );
});

describeWithRedis(__filename).each(Object.entries(openClient))(
  'by a client of %s',
  (_name, open) => {
    describe('a claim', () => {
      test('is new once, pending until it is confirmed, and done after that', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        expect(await one.claim('id', 60)).toBe('new');
        expect(await one.claim('id', 60)).toBe('pending');
        expect(await another.claim('id', 60)).toBe('pending');
        await one.confirm('id', 60);
        await one.confirm('id', 60);
        expect(await one.claim('id', 60)).toBe('done');
        expect(await another.claim('id', 60)).toBe('done');
        expect(await another.claim('another id', 60)).toBe('new');
      });

      test('of guards with different prefixes are of different callbacks', async () => {
        const { port } = await redis();
        expect(await createGuard(open(port), { prefix: 'a:' }).claim('id', 60)).toBe('new');
        expect(await createGuard(open(port), { prefix: 'b:' }).claim('id', 60)).toBe('new');
      });

      test('that is confirmed is forgotten after its time, and may be made again', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port));
        await guard.confirm('id', 1);
        expect(await guard.claim('id', 60)).toBe('done');
        expect(await claimUntilNew(guard, 'id')).toBe('new');
      });

      test('whose lease has ended may be made by another, and still be confirmed', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 1);
        expect(await another.claim('id', 60)).toBe('pending');
        expect(await claimUntilNew(another, 'id')).toBe('new');
        await one.confirm('id', 60);
        await another.release('id');
        expect(await another.claim('id', 60)).toBe('done');
      });
    });

    describe('a release', () => {
      test('after a failed handler lets the callback be claimed again', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 60);
        expect(await one.claim('id', 60)).toBe('pending');
        await one.release('id');
        expect(await another.claim('id', 60)).toBe('new');
      });

      test('is of no claim but its own', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 60);
        await another.claim('id', 60);
        await another.release('id');
        await another.release('never claimed');
        expect(await another.claim('id', 60)).toBe('pending');
      });

      test('after the lease is not of the claim that another has by then', async () => {
        const { port } = await redis();
        const [one, another, third] = [
          createGuard(open(port)),
          createGuard(open(port)),
          createGuard(open(port)),
        ];
        await one.claim('id', 1);
        await claimUntilNew(another, 'id');
        await one.release('id');
        expect(await third.claim('id', 60)).toBe('pending');
      });

      test('is of the later claim, where the same guard has made it again', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port));
        await guard.claim('id', 1);
        await claimUntilNew(guard, 'id');
        await guard.release('id');
        expect(await guard.claim('id', 60)).toBe('new');
      });

      test('after a confirmation that failed gives up nothing, since the callback was handled', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 60);
        await ask(port, 'CONFIG', 'SET', 'maxmemory', '1');
        expect((await rejection(one.confirm('id', 60))).code).toBe(unavailable);
        await ask(port, 'CONFIG', 'SET', 'maxmemory', '0');
        await one.release('id');
        expect(await another.claim('id', 60)).toBe('pending');
      });

      test('of a claim whose lease ended before the latest claim needs no Redis: it is forgotten', async () => {
        const server = await redis();
        const guard = createGuard(open(server.port), { deadline: 1 });
        await guard.claim('id', 1);
        await guard.claim('longer', 60);
        await wait(1100);
        await guard.claim('latest', 60);
        await server.kill();
        await guard.release('id');
        expect((await rejection(guard.release('longer'))).code).toBe(unavailable);
      });

      test('leaves what is confirmed', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port));
        await guard.claim('id', 60);
        await guard.confirm('id', 60);
        await guard.release('id');
        expect(await guard.claim('id', 60)).toBe('done');
      });
    });

    describe('a reply that is lost', () => {
      test('leaves a first delivery new, and others pending', async () => {
        const { guard, lose, other } = await throughCutter(open);
        lose(1);
        expect(await guard.claim('id', 60)).toBe('new');
        expect(await other.claim('id', 60)).toBe('pending');
        await guard.release('id');
        expect(await other.claim('id', 60)).toBe('new');
      });

      test('leaves what is claimed or confirmed by another so', async () => {
        const { guard, lose, other } = await throughCutter(open);
        await other.claim('id', 60);
        lose(1);
        expect(await guard.claim('id', 60)).toBe('pending');
        await other.confirm('id', 60);
        lose(1);
        expect(await guard.claim('id', 60)).toBe('done');
      });

      test('does not keep a callback from being confirmed or released', async () => {
        const { guard, lose, other } = await throughCutter(open);
        await guard.claim('handled', 60);
        await guard.claim('failed', 60);
        lose(1);
        await guard.confirm('handled', 60);
        lose(1);
        await guard.release('failed');
        expect(await other.claim('handled', 60)).toBe('done');
        expect(await other.claim('failed', 60)).toBe('new');
      });
    });

    describe('a Redis that cannot tell', () => {
      /** Asks for all that can be asked for, which must be refused; gives what is said of the claim. */
      async function refused(guard: RedisReplayGuard, secrets: string[] = []): Promise<string> {
        const id = 'ID-of-a-callback';
        const errors = await Promise.all([
          rejection(guard.claim(id, 60), [id, ...secrets]),
          rejection(guard.confirm(id, 60), [id, ...secrets]),
        ]);
        expect(errors.map(({ code }) => code)).toEqual([unavailable, unavailable]);
        return errors[0].message;
      }

      test('since it is not there, is an error before the deadline', async () => {
        const guard = createGuard(open(await freePort()), { deadline: 1 });
        const start = performance.now();
        expect(await refused(guard)).toMatch(/cannot be reached|not answered within 1 seconds/);
        expect(performance.now() - start).toBeLessThan(5000);
      });

      test('since the client is closed, is an error that says so', async () => {
        const { port } = await redis();
        const opened = open(port);
        opened.close();
        expect(await refused(createGuard({ ...opened, close: () => undefined }))).toContain(
          'connected',
        );
      });

      test('since it hangs, is an error at the deadline; what it does later is released', async () => {
        const server = await redis();
        const [guard, other] = [
          createGuard(open(server.port), { deadline: 1 }),
          createGuard(open(server.port)),
        ];
        await Promise.all([guard.claim('first', 60), other.claim('first', 60)]);
        server.pause();
        const { code, message } = await rejection(guard.claim('id', 60));
        expect(code).toBe(unavailable);
        expect(message).toContain('not answered within 1 seconds');
        server.resume();
        expect(await claimUntilNew(other, 'id')).toBe('new');
      });

      test('before the lease has ended, has not accepted the callback', async () => {
        const server = await redis();
        const guard = createGuard(open(server.port), { deadline: 20 });
        await guard.claim('first', 60);
        server.pause();
        const claim = rejection(guard.claim('id', 1));
        await wait(1100);
        server.resume();
        const { code, message } = await claim;
        expect(code).toBe(unavailable);
        expect(message).toContain('after the lease');
        expect(await claimUntilNew(guard, 'id')).toBe('new');
      });

      test('is not waited for any longer than the signal allows', async () => {
        const server = await redis();
        const controller = new AbortController();
        const guard = createGuard(open(server.port), { deadline: 20, signal: controller.signal });
        await guard.claim('first', 60);
        server.pause();
        const claim = rejection(guard.claim('id', 60));
        controller.abort();
        expect(await claim).toMatchObject({ code: unavailable });
        expect(await refused(guard)).toContain('abort signal');
      });

      test('since it is full, is an error that says so, and is not asked twice', async () => {
        const { port } = await redis('maxmemory 1', 'maxmemory-policy noeviction');
        expect(await refused(createGuard(open(port)))).toContain('(OOM): it is full.');
        expect(await ask(port, 'INFO', 'errorstats')).toContain('errorstat_OOM:count=2\r');
      });

      test('since it is a read-only replica, is an error that says so', async () => {
        const primary = await redis();
        const replica = await redis(`replicaof 127.0.0.1 ${primary.port}`);
        const guard = createGuard(open(replica.port), { deadline: 20 });
        expect(await refused(guard)).toContain('(READONLY): it is a read-only replica.');
      });

      test('since the password is wrong, is an error that says so but for the password', async () => {
        const [right, wrong] = ['RIGHT-password', 'WRONG-password'];
        const { port } = await redis(`requirepass ${right}`);
        const message = await refused(createGuard(open(port, wrong), { deadline: 1 }), [
          right,
          wrong,
        ]);
        expect(message).toMatch(/\((WRONGPASS|NOAUTH)\).* the right one\./);
        expect(await refused(createGuard(open(port), { deadline: 1 }), [right])).toContain(
          '(NOAUTH)',
        );
        expect(await createGuard(open(port, right)).claim('id', 60)).toBe('new');
      });

      test('since something else is under the key, is an error that says so', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port), { prefix: '' });
        await ask(port, 'LPUSH', 'id', 'something');
        expect((await rejection(guard.claim('id', 60))).message).toContain('(WRONGTYPE)');
      });

      test('with a word that is not known here, is an error that tells the word', async () => {
        const { port } = await redis('cluster-enabled yes');
        expect(await refused(createGuard(open(port)))).toContain('(CLUSTERDOWN)');
      });
    });

    describe('a Redis that', () => {
      let warn: jest.SpyInstance;
      beforeEach(() => {
        forgetWarnings();
        warn = jest.spyOn(process, 'emitWarning').mockImplementation();
        // ioredis says that it is not allowed INFO.
        jest.spyOn(console, 'warn').mockImplementation();
      });
      afterEach(() => {
        jest.restoreAllMocks();
      });

      /** Claims until what the first claim caused is over, for replies come in the order of commands. */
      async function claimOften(...config: string[]): Promise<unknown[]> {
        const { port } = await redis(...config);
        const guard = createGuard(open(port));
        for (const id of ['a', 'b', 'c']) expect(await guard.claim(id, 60)).toBe('new');
        await guard.confirm('a', 60);
        await guard.release('b');
        expect(await guard.claim('a', 60)).toBe('done');
        expect(await guard.claim('b', 60)).toBe('new');
        return warn.mock.calls as unknown[];
      }

      test.each(['allkeys-lru', 'volatile-ttl'])(
        'evicts keys (%s) is reported once',
        async (policy) => {
          expect(await claimOften(`maxmemory-policy ${policy}`)).toEqual([
            [
              expect.stringContaining(`(${policy})`),
              { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_REPLAY_GUARD_EVICTS' },
            ],
          ]);
        },
      );

      test('does not evict keys is not reported', async () => {
        expect(await claimOften('maxmemory-policy noeviction')).toEqual([]);
      });

      test('allows what is documented, and no INFO, does, and is not reported', async () => {
        const user = 'user default on nopass -@all +set +get +del +eval ~nexmo-auth:replay:*';
        expect(await claimOften('maxmemory-policy allkeys-lru', user)).toEqual([]);
      });

      test('allows less is an error that says what it has to allow', async () => {
        const { port } = await redis('user default on nopass -@all +set +get ~another:*');
        const { code, message } = await rejection(createGuard(open(port)).claim('id', 60));
        expect(code).toBe(unavailable);
        expect(message).toContain('(NOPERM)');
      });
    });
  },
);

describeWithRedis(__filename).each<[string, Open]>([
  ['ioredis, told so', (port) => openIoredis(port, undefined, 0)],
  ['redis', openNodeRedis],
])('by a client that does not send again what has no reply: %s', (_name, open) => {
  test('a first delivery is new all the same', async () => {
    const { guard, lose, other } = await throughCutter(open);
    lose(1);
    expect(await guard.claim('id', 60)).toBe('new');
    expect(await other.claim('id', 60)).toBe('pending');
  });

  test('a claim whose second reply is lost too is an error, and released', async () => {
    const { guard, lose, other } = await throughCutter(open);
    lose(2);
    const { code, message } = await rejection(guard.claim('id', 60));
    expect(code).toBe(unavailable);
    expect(message).toContain('cannot be reached');
    expect(await claimUntilNew(other, 'id')).toBe('new');
  });
});

describeWithRedis(__filename)(
  'by a client of redis, which keeps commands for when it is connected',
  () => {
    test('a claim that was given up before its reply was lost is not sent again', async () => {
      const server = await redis();
      const guard = createGuard(openNodeRedis(server.port), { deadline: 1 });
      for (const id of ['first', 'second']) await guard.claim(id, 60);
      server.pause();
      expect((await rejection(guard.claim('id', 60))).code).toBe(unavailable);
      await server.kill();
      await server.start();
      // After the second, the reply to all that was sent before the first is in.
      for (const id of ['first', 'second']) await guard.release(id);
      const commands = await ask(server.port, 'INFO', 'commandstats');
      expect(commands).toContain('cmdstat_eval:calls=3,');
      expect(commands).not.toContain('cmdstat_set:');
    });
  },
);

describeWithRedis(__filename)('by a client of', () => {
  let server: RedisServer;
  let warn: jest.SpyInstance;
  beforeEach(async () => {
    server = await redis('maxmemory-policy allkeys-lru');
    forgetWarnings();
    warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** That both clients are of the same Redis is shown by what each learns of the other's claims. */
  async function works(client: RedisClient): Promise<void> {
    const [one, another] = [new RedisReplayGuard(client), new RedisReplayGuard(client)];
    expect(await claimUntilNew(one, 'id')).toBe('new');
    expect(await another.claim('id', 60)).toBe('pending');
    await one.release('id');
    expect(await another.claim('id', 60)).toBe('new');
    await another.confirm('id', 60);
    expect(await one.claim('id', 60)).toBe('done');
    expect(warn).toHaveBeenCalledTimes(1);
  }

  describe('a cluster:', () => {
    beforeEach(async () => {
      server = await redis(
        'cluster-enabled yes',
        'cluster-announce-ip 127.0.0.1',
        'maxmemory-policy allkeys-lru',
      );
      await ask(server.port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    });

    test('Cluster of ioredis', async () => {
      const client = new Cluster([{ host: '127.0.0.1', port: server.port }]);
      cleanups.push(() => {
        client.disconnect();
      });
      await works(client);
    });

    test('createCluster of redis', async () => {
      const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${server.port}` }] });
      cleanups.push(() => {
        client.destroy();
      });
      await client.connect();
      await works(client);
    });
  });

  describe('a sentinel:', () => {
    let sentinel: RedisServer;
    beforeEach(async () => {
      sentinel = await redis(`sentinel monitor main 127.0.0.1 ${server.port} 1`);
    });

    test('Redis of ioredis', async () => {
      const sentinels = [{ host: '127.0.0.1', port: sentinel.port }];
      const client = new Redis({ sentinels, name: 'main' });
      cleanups.push(() => {
        client.disconnect();
      });
      await works(client);
    });

    test('createSentinel of redis', async () => {
      const sentinelRootNodes = [{ host: '127.0.0.1', port: sentinel.port }];
      const client = createSentinel({ name: 'main', sentinelRootNodes });
      cleanups.push(() => client.destroy());
      await client.connect();
      await works(client);
    });
  });

  test('a pool: createClientPool of redis', async () => {
    const client = createClientPool({ url: `redis://127.0.0.1:${server.port}` });
    cleanups.push(() => {
      client.destroy();
    });
    await client.connect();
    await works(client);
  });

  test('that has buffers for replies: createClient of redis', async () => {
    const client = createClient({
      url: `redis://127.0.0.1:${server.port}`,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    cleanups.push(() => {
      client.destroy();
    });
    await client.connect();
    await works(client);
  });
});
