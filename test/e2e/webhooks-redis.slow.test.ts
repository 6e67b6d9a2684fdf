import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Sandbox, type SignedCallback, signWebhook, startSandbox } from '../../src/testing';
import { held } from '../support/account';
import { describeIfFound } from '../support/programs';
import { advice, findRedis, type RedisServer, startRedis } from '../support/redis';

const secret = held.signatureSecret;
const program = findRedis(process.env);
const describeWithRedis = describeIfFound(program, 'servers that share a Redis', advice);

// docs/threat-model.md#replayed-callbacks
// docs/threat-model.md#lost-deliveries
describeWithRedis('servers that share a Redis', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let servers: Server[];
  beforeAll(async () => {
    redis = await startRedis(String(program), 'appendonly yes', 'appendfsync always');
    sandbox = await startSandbox();
  });
  afterAll(async () => {
    await sandbox.close();
    await redis.stop();
  });
  beforeEach(async () => {
    servers = await Promise.all(Array.from({ length: 4 }, () => startServer(redis)));
  });
  afterEach(() => {
    for (const { child } of servers) child.kill('SIGKILL');
  });

  const urlOf = (index: number) =>
    `http://127.0.0.1:${Number(servers[index % servers.length]?.port)}/webhooks/inbound`;

  /** Retries a callback until it is delivered, as the platform does, but sooner, and each time at the next server. */
  async function deliver(callback: SignedCallback): Promise<(number | undefined)[]> {
    const statuses: (number | undefined)[] = [];
    for (;;) {
      const to = urlOf(statuses.length);
      const { delivered, attempts } = await sandbox.deliver(callback, { to, attempts: 1 });
      statuses.push(attempts[0]?.status);
      if (delivered) return statuses;
      await setTimeout(50);
    }
  }

  test('of 1,000 concurrent deliveries of one webhook to 4 processes, exactly one is handled', async () => {
    const callback = webhook('Hello');
    const { method, headers, rawBody: body } = callback;
    const copies = Array.from({ length: 1000 }, async (_, index) => {
      const response = await fetch(urlOf(index), { method, headers, body });
      const text = await response.text();
      return `${response.status} ${text.includes('handled') ? 'handled' : 'not handled'}`;
    });
    const answers = await Promise.all(copies);
    expect(answers.filter((answer) => answer === '200 handled')).toHaveLength(1);
    // The other copies arrived while the handled one was in the handler, or afterwards.
    const others = new Set(answers.filter((answer) => answer !== '200 handled'));
    for (const answer of others) expect(answer).toMatch(/^(503|200) not handled$/);
    expect(await deliver(callback)).toEqual([200]);
    expect(await countHandled(servers)).toBe(1);
  });

  test.each(['fail once', 'throw once'])(
    'a handler that fails gets the next attempt: %s',
    async (text) => {
      const [server, ...idle] = servers;
      for (const { child } of idle) child.kill('SIGKILL');
      servers = server ? [server] : [];
      const callback = webhook(text);
      expect(await deliver(callback)).toEqual([500, 200]);
      expect(await deliver(callback)).toEqual([200]);
    },
  );

  test('if a process dies while it handles a webhook, another process handles it after the lease', async () => {
    const dyingServer = await startServer(redis, { DIES: 'yes' });
    const callback = webhook('Hello');
    const to = `http://127.0.0.1:${dyingServer.port}/webhooks/inbound`;
    const { attempts } = await sandbox.deliver(callback, { to, attempts: 1 });
    expect(attempts).toEqual([{ status: undefined }]);
    const statuses = await deliver(callback);
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([503]));
    expect(statuses.at(-1)).toBe(200);
    expect(await deliver(callback)).toEqual([200]);
    expect(await countHandled(servers)).toBe(1);
  });
});

type Server = { child: ChildProcess; port: number };

async function startServer(redis: RedisServer, env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = fork(join(__dirname, '../support/express-server.mjs'), {
    env: {
      ...process.env,
      // In tests, Express does not print the errors of handlers.
      NODE_ENV: 'test',
      REDIS_PORT: String(redis.port),
      NEXMO_SIGNATURE_SECRET: secret,
      ...env,
    },
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

/** How many callbacks the handlers of all servers got. */
async function countHandled(servers: Server[]): Promise<number> {
  const counts = await Promise.all(
    servers.map(async ({ child }) => {
      child.send('report');
      const [{ handled }] = (await once(child, 'message')) as [{ handled: number }];
      return handled;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function webhook(text: string): SignedCallback {
  const body = { message_uuid: randomUUID(), text };
  return signWebhook({ secret, apiKey: held.apiKey, body });
}
