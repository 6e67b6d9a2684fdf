// src/webhooks/redis-replay-guard.ts and redis-client.ts.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import { type NexmoAuthError, type ReplayGuard, WebhookVerifier } from '../../src';
import { signWebhook } from '../../src/testing';
import type { RedisClient } from '../../src/webhooks/redis-client';
import { RedisReplayGuard } from '../../src/webhooks/redis-replay-guard';
import { held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { findRedis, freePort, type RedisServer, startReplyDroppingProxy } from '../support/redis';
import {
  openClient,
  openIoredis,
  openNodeRedis,
  openNodeRedisPool,
  type Open,
} from '../support/redis-clients';
import {
  describeWithRedis,
  createGuard,
  createGuardOfEmptyRedis,
  redis,
  cleanups,
  claimUntilNew,
  endLease,
  sendTo,
} from '../support/redis-guards';
import { forgetWarnings } from '../support/warnings';

const load = createRequire(__filename) as (name: 'ioredis-5-8') => {
  Cluster: typeof Cluster;
  Redis: typeof Redis;
};

const unavailable = 'ERR_REPLAY_GUARD_UNAVAILABLE';

/** A guard whose replies can be lost, and another guard of the same Redis. */
async function throughCutter(open: Open) {
  const { port } = await redis();
  const cutter = await startReplyDroppingProxy(port, 'nexmo-auth:replay:');
  cleanups.push(cutter.close);
  const [guard, other] = [createGuard(open(cutter.port)), createGuard(open(port))];
  await guard.claim('first', 60);
  return { guard, other, lose: cutter.dropReplies };
}

test('findRedis gives undefined without a redis-server, and throws where one is required', () => {
  const nowhere = { REDIS_SERVER_PATH: '/nowhere/redis-server' };
  expect(findRedis(nowhere)).toBeUndefined();
  expect(findRedis({ PATH: __dirname })).toBeUndefined();
  for (const name of ['CI', 'NEXMO_AUTH_REQUIRE_ALL']) {
    expect(() => findRedis({ ...nowhere, [name]: '1' })).toThrow('apt-get install redis-server');
  }
});

// docs/threat-model.md#data-kept-too-long
describe('the ID of a callback', () => {
  test.each([undefined, null, 7, {}, ['a'], Buffer.from('a'), 'a'.repeat(257)])(
    'is refused unless it is a string of at most 256 characters, and nothing is sent: %#',
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

describe('the constructor', () => {
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
  ])('refuses a client of neither ioredis nor redis: %p', (other) => {
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
  ])('refuses invalid options: %j', (options) => {
    const { code } = failure(() => new RedisReplayGuard(client, options as object));
    expect(code).toBe('ERR_INVALID_OPTION');
  });

  test.each([0, -1, 0.5, NaN, Infinity, '60'])(
    'claim and confirm refuse a duration of %p',
    async (seconds) => {
      const guard = new RedisReplayGuard(client);
      for (const call of [
        guard.claim('id', seconds as number),
        guard.confirm('id', seconds as number),
      ]) {
        expect((await rejection(call)).code).toBe('ERR_INVALID_OPTION');
      }
    },
  );
});

test('a client that returns no reply of Redis is an error: a pipeline of ioredis, and a client of redis in legacy mode', async () => {
  const redis = new Redis({ lazyConnect: true });
  const legacy = createClient()
    .on('error', () => undefined)
    .legacy() as unknown as RedisClient;
  for (const client of [redis.pipeline(), redis.multi({ pipeline: true }), legacy]) {
    const guard = new RedisReplayGuard(client as RedisClient, { deadline: 1 });
    const { code, message } = await rejection(guard.claim('id', 60));
    expect(code).toBe(unavailable);
    expect(message).toContain('legacy mode');
  }
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

      test('is independent of guards with another prefix', async () => {
        const { port } = await redis();
        expect(await createGuard(open(port), { prefix: 'a:' }).claim('id', 60)).toBe('new');
        expect(await createGuard(open(port), { prefix: 'b:' }).claim('id', 60)).toBe('new');
      });

      test('is possible again when a confirmation has expired', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port));
        await guard.confirm('id', 1);
        expect(await guard.claim('id', 60)).toBe('done');
        expect(await claimUntilNew(guard, 'id')).toBe('new');
      });

      test('may be confirmed after its lease, even if another guard has claimed the callback', async () => {
        const server = await redis();
        const [one, another] = [createGuard(open(server.port)), createGuard(open(server.port))];
        await one.claim('id', 60);
        expect(await another.claim('id', 60)).toBe('pending');
        await endLease(server, 'id');
        expect(await another.claim('id', 60)).toBe('new');
        await one.confirm('id', 60);
        await another.release('id');
        expect(await another.claim('id', 60)).toBe('done');
      });
    });

    describe('a release', () => {
      test('makes the callback claimable again', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 60);
        expect(await one.claim('id', 60)).toBe('pending');
        await one.release('id');
        expect(await another.claim('id', 60)).toBe('new');
      });

      test('affects only claims of the same guard', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 60);
        await another.claim('id', 60);
        await another.release('id');
        await another.release('never claimed');
        expect(await another.claim('id', 60)).toBe('pending');
      });

      test('after the lease does not affect the claim of another guard', async () => {
        const server = await redis();
        const [one, another, third] = [
          createGuard(open(server.port)),
          createGuard(open(server.port)),
          createGuard(open(server.port)),
        ];
        await one.claim('id', 60);
        await endLease(server, 'id');
        expect(await another.claim('id', 60)).toBe('new');
        await one.release('id');
        expect(await third.claim('id', 60)).toBe('pending');
      });

      test('releases the latest claim of the same guard', async () => {
        const server = await redis();
        const guard = createGuard(open(server.port));
        await guard.claim('id', 60);
        await endLease(server, 'id');
        expect(await guard.claim('id', 60)).toBe('new');
        await guard.release('id');
        expect(await guard.claim('id', 60)).toBe('new');
      });

      test('after a failed confirmation does nothing, since the callback was handled', async () => {
        const { port } = await redis();
        const [one, another] = [createGuard(open(port)), createGuard(open(port))];
        await one.claim('id', 60);
        await sendTo(port, 'CONFIG', 'SET', 'maxmemory', '1');
        expect((await rejection(one.confirm('id', 60))).code).toBe(unavailable);
        await sendTo(port, 'CONFIG', 'SET', 'maxmemory', '0');
        await one.release('id');
        expect(await another.claim('id', 60)).toBe('pending');
      });

      test('of an expired claim sends no command once a later claim was made', async () => {
        const server = await redis();
        const guard = createGuard(open(server.port), { deadline: 1 });
        await guard.claim('id', 1);
        await guard.claim('longer', 60);
        const soon = performance.now() + 1100;
        const clock = jest.spyOn(performance, 'now').mockImplementation(() => soon);
        await guard.claim('latest', 60);
        await server.kill();
        await guard.release('id');
        expect((await rejection(guard.release('longer'))).code).toBe(unavailable);
        clock.mockRestore();
      });

      test('does not undo a confirmation', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port));
        await guard.claim('id', 60);
        await guard.confirm('id', 60);
        await guard.release('id');
        expect(await guard.claim('id', 60)).toBe('done');
      });
    });

    describe('a lost reply', () => {
      test('does not make the first delivery count as a copy', async () => {
        const { guard, lose, other } = await throughCutter(open);
        lose(1);
        expect(await guard.claim('id', 60)).toBe('new');
        expect(await other.claim('id', 60)).toBe('pending');
        await guard.release('id');
        expect(await other.claim('id', 60)).toBe('new');
      });

      test('does not change a claim or confirmation of another guard', async () => {
        const { guard, lose, other } = await throughCutter(open);
        await other.claim('id', 60);
        lose(1);
        expect(await guard.claim('id', 60)).toBe('pending');
        await other.confirm('id', 60);
        lose(1);
        expect(await guard.claim('id', 60)).toBe('done');
      });

      test('does not prevent a confirmation or release', async () => {
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

    describe('a Redis that cannot answer', () => {
      /** Requires that claim and confirm fail. Resolves to the message with which the claim fails. */
      async function refused(guard: RedisReplayGuard, secrets: string[] = []): Promise<string> {
        const id = 'ID-of-a-callback';
        const errors = await Promise.all([
          rejection(guard.claim(id, 60), [id, ...secrets]),
          rejection(guard.confirm(id, 60), [id, ...secrets]),
        ]);
        expect(errors.map(({ code }) => code)).toEqual([unavailable, unavailable]);
        return errors[0].message;
      }

      test('since nothing listens, is an error by the deadline', async () => {
        const guard = createGuard(open(await freePort()), { deadline: 1 });
        const start = performance.now();
        expect(await refused(guard)).toMatch(/cannot be reached|did not answer within 1 seconds/);
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

      test('since it hangs, is an error at the deadline; a late claim is released', async () => {
        const server = await redis();
        const [guard, other] = [
          createGuard(open(server.port), { deadline: 1 }),
          createGuard(open(server.port)),
        ];
        await Promise.all([guard.claim('first', 60), other.claim('first', 60)]);
        server.pause();
        const { code, message } = await rejection(guard.claim('id', 60));
        expect(code).toBe(unavailable);
        expect(message).toContain('did not answer within 1 seconds');
        server.resume();
        expect(await claimUntilNew(other, 'id')).toBe('new');
      });

      test('before the lease has expired is an error', async () => {
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

      test('is an error when the signal aborts', async () => {
        const server = await redis();
        const controller = new AbortController();
        const guard = createGuard(open(server.port), { deadline: 20, signal: controller.signal });
        await guard.claim('first', 60);
        server.pause();
        const claim = rejection(guard.claim('id', 60));
        controller.abort();
        expect(await claim).toMatchObject({ code: unavailable });
        expect(await refused(guard)).toContain('aborted by the signal');
      });

      test('since it is full, is an error that says so, without a second command', async () => {
        const { port } = await redis('maxmemory 1', 'maxmemory-policy noeviction');
        expect(await refused(createGuard(open(port)))).toContain('(OOM): it is full.');
        expect(await sendTo(port, 'INFO', 'errorstats')).toContain('errorstat_OOM:count=2\r');
      });

      test('since it is a read-only replica, is an error that says so', async () => {
        const primary = await redis();
        const replica = await redis(`replicaof 127.0.0.1 ${primary.port}`);
        const guard = createGuard(open(replica.port), { deadline: 20 });
        expect(await refused(guard)).toContain('(READONLY): it is a read-only replica.');
      });

      test('since the password is wrong, is an error that says so without the password', async () => {
        const [right, wrong] = ['RIGHT-password', 'WRONG-password'];
        const { port } = await redis(`requirepass ${right}`);
        const message = await refused(createGuard(open(port, wrong), { deadline: 1 }), [
          right,
          wrong,
        ]);
        expect(message).toMatch(/\((WRONGPASS|NOAUTH)\).* the right password\./);
        expect(await refused(createGuard(open(port), { deadline: 1 }), [right])).toContain(
          '(NOAUTH)',
        );
        expect(await createGuard(open(port, right)).claim('id', 60)).toBe('new');
      });

      test('since the key has a value of another type, is an error that says so', async () => {
        const { port } = await redis();
        const guard = createGuard(open(port), { prefix: '' });
        await sendTo(port, 'LPUSH', 'id', 'something');
        expect((await rejection(guard.claim('id', 60))).message).toContain('(WRONGTYPE)');
      });

      test('with an unknown error code, is an error that names the code', async () => {
        const { port } = await redis('cluster-enabled yes');
        expect(await refused(createGuard(open(port)))).toContain('(CLUSTERDOWN)');
      });
    });

    describe('a Redis that', () => {
      let warn: jest.SpyInstance;
      beforeEach(() => {
        forgetWarnings();
        warn = jest.spyOn(process, 'emitWarning').mockImplementation();
        // ioredis prints a warning if it may not use INFO.
        jest.spyOn(console, 'warn').mockImplementation();
      });
      afterEach(() => {
        jest.restoreAllMocks();
      });

      /** Makes several claims. The replies to the later ones come after the INFO that the first one causes. */
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

      test('allows the documented commands but not INFO works without a warning', async () => {
        const user = 'user default on nopass -@all +set +get +del +eval ~nexmo-auth:replay:*';
        expect(await claimOften('maxmemory-policy allkeys-lru', user)).toEqual([]);
      });

      test('allows fewer commands is an error that names the required ones', async () => {
        const { port } = await redis('user default on nopass -@all +set +get ~another:*');
        const { code, message } = await rejection(createGuard(open(port)).claim('id', 60));
        expect(code).toBe(unavailable);
        expect(message).toMatch(/\(NOPERM\).*SET, GET, DEL and EVAL/);
      });
    });
  },
);

describeWithRedis(__filename).each<[string, Open]>([
  ['ioredis without retries', (port) => openIoredis(port, undefined, 0)],
  ['redis', openNodeRedis],
])('by a client that does not retry: %s', (_name, open) => {
  test('the first delivery is new after a lost reply', async () => {
    const { guard, lose, other } = await throughCutter(open);
    lose(1);
    expect(await guard.claim('id', 60)).toBe('new');
    expect(await other.claim('id', 60)).toBe('pending');
  });

  test('a claim whose second reply is lost as well is an error, and is released', async () => {
    const { guard, lose, other } = await throughCutter(open);
    lose(2);
    const { code, message } = await rejection(guard.claim('id', 60));
    expect(code).toBe(unavailable);
    expect(message).toContain('cannot be reached');
    expect(await claimUntilNew(other, 'id')).toBe('new');
  });
});

describeWithRedis(__filename)(
  'by a client of redis, which queues commands until it is connected',
  () => {
    test('a claim past its deadline is not sent again', async () => {
      const server = await redis();
      const guard = createGuard(openNodeRedis(server.port), { deadline: 1 });
      for (const id of ['first', 'second']) await guard.claim(id, 60);
      server.pause();
      expect((await rejection(guard.claim('id', 60))).code).toBe(unavailable);
      await server.kill();
      await server.start();
      // After the second reply, all earlier commands have been executed.
      for (const id of ['first', 'second']) await guard.release(id);
      const commands = await sendTo(server.port, 'INFO', 'commandstats');
      expect(commands).toContain('cmdstat_eval:calls=3,');
      expect(commands).not.toContain('cmdstat_set:');
    });
  },
);

describeWithRedis(__filename)('a client in a transaction', () => {
  test('cannot confirm, since the transaction may be discarded', async () => {
    const { port } = await redis();
    const opened = openIoredis(port);
    const guard = createGuard(opened);
    const client = opened.client as Redis;
    expect(await guard.claim('id', 60)).toBe('new');
    await client.multi({ pipeline: false });
    expect(await guard.claim('another id', 60)).toBe('pending');
    const { code, message } = await rejection(guard.confirm('id', 60));
    expect(code).toBe(unavailable);
    expect(message).toContain('MULTI');
    await client.discard();
    await guard.confirm('id', 60);
    expect(await guard.claim('id', 60)).toBe('done');
  });
});

describeWithRedis(__filename)('a callback that a guard cannot record in time', () => {
  const { apiKey, signatureSecret: secret } = held;
  const callback = signWebhook({ secret, apiKey, body: '{}' });
  const outcomeOf = (verifier: WebhookVerifier) =>
    verifier.verify(callback).then(
      () => 'accepted',
      (error: unknown) => (error as NexmoAuthError).code,
    );

  type Interrupt = (server: RedisServer, controller: AbortController) => void;
  const interrupts: Record<string, Interrupt> = {
    'the deadline passes': (server) => {
      server.pause();
    },
    'the signal aborts': (server, controller) => {
      server.pause();
      setImmediate(() => {
        controller.abort();
      });
    },
  };

  /** The verifiers of two processes. The first is interrupted when it calls `method` of its guard. */
  async function start(open: Open, method: 'claim' | 'confirm', interrupt: Interrupt) {
    const server = await redis();
    const controller = new AbortController();
    const { signal } = controller;
    const guard = createGuard(open(server.port), { deadline: 1, signal });
    const another = createGuard(open(server.port));
    for (const each of [guard, another]) await claimUntilNew(each, randomUUID());
    const interrupted: ReplayGuard = {
      claim: (id, lease) => guard.claim(id, lease),
      confirm: (id, ttl) => guard.confirm(id, ttl),
      release: (id) => guard.release(id),
      [method]: (id: string, seconds: number) => {
        interrupt(server, controller);
        return guard[method](id, seconds).finally(server.resume);
      },
    };
    const verifierWith = (replayGuard: ReplayGuard) =>
      new WebhookVerifier({ secrets: secret, replayGuard });
    return { first: verifierWith(interrupted), second: verifierWith(another) };
  }

  describe.each(Object.entries({ ...openClient, 'a pool of redis': openNodeRedisPool }))(
    'with %s',
    (_name, open) => {
      describe.each(Object.entries(interrupts))('when %s', (_when, interrupt) => {
        test('is accepted by verify and refused as a copy, if only the confirmation is late', async () => {
          const { first, second } = await start(open, 'confirm', interrupt);
          expect(await outcomeOf(first)).toBe('accepted');
          expect(await outcomeOf(second)).toMatch(/HANDLED|PENDING/);
        });

        test('is refused by verify and accepted at the next attempt, if the claim is late', async () => {
          const { first, second } = await start(open, 'claim', interrupt);
          expect(await outcomeOf(first)).toBe(unavailable);
          // The first guard deletes its claim when it gets the late reply.
          let outcome;
          while ((outcome = await outcomeOf(second)) === 'ERR_WEBHOOK_PENDING') await wait(10);
          expect(outcome).toBe('accepted');
        });

        test('is not accepted again, if receive has given it to a handler', async () => {
          const { first, second } = await start(open, 'confirm', interrupt);
          const { confirm, release } = await first.receive(callback);
          expect((await rejection(confirm())).code).toBe(unavailable);
          await release();
          expect(await outcomeOf(second)).toMatch(/HANDLED|PENDING/);
        });
      });
    },
  );
});

describeWithRedis(__filename)('the keyPrefix of a client of ioredis', () => {
  type ClientOptions = { keyPrefix: string; enableAutoPipelining?: boolean };
  const versions: [string, typeof Redis][] = [
    ['ioredis', Redis],
    ['ioredis 5.8', load('ioredis-5-8').Redis],
  ];

  function guardOf(AnyRedis: typeof Redis, port: number, options: ClientOptions) {
    const client = new AnyRedis(port, options);
    cleanups.push(() => {
      client.disconnect();
    });
    return new RedisReplayGuard(client);
  }

  describe.each(versions)('of the version %s', (_version, AnyRedis) => {
    test.each([false, true])(
      'is part of each key, so that versions share their claims (pipelines: %p)',
      async (enableAutoPipelining) => {
        const { port } = await redis();
        const guards = versions.map(([, Other]) => guardOf(Other, port, { keyPrefix: 'app:' }));
        const guard = guardOf(AnyRedis, port, { keyPrefix: 'app:', enableAutoPipelining });
        expect(await guard.claim('id', 60)).toBe('new');
        for (const other of guards) expect(await other.claim('id', 60)).toBe('pending');
        await guard.release('id');
        expect(await guard.claim('id', 60)).toBe('new');
        await guard.confirm('id', 60);
        for (const other of guards) expect(await other.claim('id', 60)).toBe('done');
        expect(await sendTo(port, 'KEYS', '*')).toEqual(['app:nexmo-auth:replay:id']);
      },
    );

    test('separates services that share a Redis', async () => {
      const { port } = await redis();
      for (const keyPrefix of ['billing:', 'crm:']) {
        expect(await guardOf(AnyRedis, port, { keyPrefix }).claim('id', 60)).toBe('new');
      }
    });
  });
});

describeWithRedis(__filename)('a cluster of two nodes', () => {
  async function startCluster(): Promise<number> {
    const config = ['cluster-enabled yes', 'cluster-announce-ip 127.0.0.1'];
    const [one, two] = [await redis(...config), await redis(...config)];
    await sendTo(one.port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await sendTo(two.port, 'CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
    await sendTo(one.port, 'CLUSTER', 'MEET', '127.0.0.1', String(two.port));
    for (const { port } of [one, two]) {
      while (!String(await sendTo(port, 'CLUSTER', 'INFO')).includes('cluster_state:ok'))
        await wait(50);
    }
    return one.port;
  }

  test.each([
    ['ioredis', Cluster],
    ['ioredis 5.8', load('ioredis-5-8').Cluster],
  ])('works with automatic pipelines of %s', async (_version, AnyCluster) => {
    const port = await startCluster();
    const client = new AnyCluster([{ host: '127.0.0.1', port }], { enableAutoPipelining: true });
    cleanups.push(() => {
      client.disconnect();
    });
    const guard = new RedisReplayGuard(client);
    expect(await claimUntilNew(guard, 'first')).toBe('new');
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
    const claimAll = () => Promise.all(ids.map((id) => guard.claim(id, 60)));
    expect(new Set(await claimAll())).toEqual(new Set(['new']));
    await Promise.all(ids.map((id) => guard.release(id)));
    expect(new Set(await claimAll())).toEqual(new Set(['new']));
    await Promise.all(ids.map((id) => guard.confirm(id, 60)));
    expect(new Set(await claimAll())).toEqual(new Set(['done']));
  });
});

test.each([
  ['an error', [new Error('NOAUTH Authentication required.'), undefined]],
  ['no reply', [null, undefined]],
])('a pipeline of ioredis that gives %s refuses the callback', async (_what, result) => {
  const pipeline = { call: () => pipeline, exec: () => Promise.resolve([result]) };
  const client = {
    options: { enableAutoPipelining: true },
    call: () => Promise.resolve(null),
    pipeline: () => pipeline,
  };
  const { code } = await rejection(new RedisReplayGuard(client).claim('id', 60));
  expect(code).toBe(unavailable);
});

describeWithRedis(__filename)("two guards of one Redis see each other's claims:", () => {
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

  async function expectSharedClaims(client: RedisClient): Promise<void> {
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
      await sendTo(server.port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    });

    test('Cluster of ioredis', async () => {
      const client = new Cluster([{ host: '127.0.0.1', port: server.port }]);
      cleanups.push(() => {
        client.disconnect();
      });
      await expectSharedClaims(client);
    });

    test('createCluster of redis', async () => {
      const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${server.port}` }] });
      cleanups.push(() => {
        client.destroy();
      });
      await client.connect();
      await expectSharedClaims(client);
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
      await expectSharedClaims(client);
    });

    test('createSentinel of redis', async () => {
      const sentinelRootNodes = [{ host: '127.0.0.1', port: sentinel.port }];
      const client = createSentinel({ name: 'main', sentinelRootNodes });
      cleanups.push(() => client.destroy());
      await client.connect();
      await expectSharedClaims(client);
    });
  });

  test('createClientPool of redis', async () => {
    const client = createClientPool({ url: `redis://127.0.0.1:${server.port}` });
    cleanups.push(() => {
      client.destroy();
    });
    await client.connect();
    await expectSharedClaims(client);
  });

  test('createClient of redis with Buffers as replies', async () => {
    const client = createClient({
      url: `redis://127.0.0.1:${server.port}`,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    cleanups.push(() => {
      client.destroy();
    });
    await client.connect();
    await expectSharedClaims(client);
  });
});
