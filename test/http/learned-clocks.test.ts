// src/injector/host-clocks.ts and src/injector/attempt.ts, through each HTTP client.
// A learned clock is the time of a host, taken from the Date of a response that refused a token. It dates later
// tokens for that host. It is dropped if two responses contradict it, if the local clock is set, or if no response
// confirms it for an hour.
import { createSign } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { AuthInjector, type AuthInjectorOptions, Credentials, decodeJwt } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { clients } from '../support/clients';
import { keyText } from '../support/keys';
import { startServer, type TestServer } from '../support/server';

type Provided = Credentials | (() => Credentials);

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const start = 1_500_000_000;
const [life, hour, day] = [900, 3600, 86_400];
/**
 * Seconds by which a learned clock may move the times of a token: 24 hours, plus 30 seconds because a clock is not
 * learned more exactly.
 */
const bound = day + 30;

/** The clocks of the client and the server, in seconds. */
let [ours, theirs] = [start, start];
/** Seconds by which `performance.now()` is ahead of real time. */
let elapsed = 0;
let sandbox: Sandbox;
let warnings: jest.SpyInstance;
let steady: jest.SpyInstance;
const messages = () => (warnings.mock.calls as [string, unknown][]).map(([message]) => message);

beforeEach(async () => {
  [ours, theirs, elapsed] = [start, start, 0];
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
  const real = performance.now.bind(performance);
  steady = jest.spyOn(performance, 'now').mockImplementation(() => real() + elapsed * 1000);
  sandbox = await startSandbox({
    ...held,
    applicationId,
    publicKey: keyText('rsa-public'),
    now: () => theirs * 1000,
  });
});
afterEach(async () => {
  warnings.mockRestore();
  steady.mockRestore();
  await sandbox.close();
});

/** Advances all clocks. */
const elapse = (seconds: number) => {
  ours += seconds;
  theirs += seconds;
  elapsed += seconds;
};

const authOf = (options: AuthInjectorOptions = {}, from: Provided = credentials) =>
  new AuthInjector(from, { products: sandbox.products, now: () => ours * 1000, ...options });

const statuses = () => sandbox.requests.map(({ status }) => status);
const tokens = () => sandbox.requests.map(({ headers }) => tokenOf(headers));
const tokenOf = (headers: object) =>
  String((headers as { authorization?: string }).authorization).slice('Bearer '.length);
const claimsOf = (token: string | undefined) => {
  const { iat, exp } = decodeJwt(String(token)).claims;
  return { iat, exp };
};
const datedAt = (iat: number) => ({ iat, exp: iat + life });

describe.each(clients)('by %s', (_client, sendBy) => {
  const voice = () => ({ method: 'post', url: sandbox.url('voice'), data: { to: [{}], from: {} } });

  test('after a clock that was a day behind is set right, tokens are dated at the true time', async () => {
    ours -= day;
    const auth = authOf();
    await sendBy(auth, voice());
    elapse(60);
    ours += day;
    await sendBy(auth, voice());
    elapse(2000);
    await sendBy(auth, voice());
    expect(statuses()).toEqual([401, 201, 201, 201]);
    expect(tokens().slice(1).map(claimsOf)).toEqual([
      datedAt(start),
      datedAt(start + 60),
      datedAt(start + 2060),
    ]);
    expect(warnings).toHaveBeenCalledTimes(1);
  });

  test('after a clock that was a day ahead is set right, tokens are dated at the true time', async () => {
    const server = await strictServer();
    try {
      ours += day;
      const auth = authOf({ products: server.products });
      await sendBy(auth, { url: server.url });
      elapse(60);
      ours -= day;
      await sendBy(auth, { url: server.url });
      expect(server.tokens.map(claimsOf)).toEqual([
        datedAt(start + day),
        datedAt(start),
        datedAt(start + 60),
      ]);
    } finally {
      await server.close();
    }
  });

  test('an injector that has dropped a learned clock reuses no token dated by it, not even an unexpired one', async () => {
    ours -= hour;
    const auth = authOf();
    await sendBy(auth, voice());
    ours += hour;
    await sendBy(auth, voice());
    ours -= hour;
    await sendBy(auth, voice());
    expect(statuses()).toEqual([401, 201, 201, 401, 201]);
    expect(new Set(tokens()).size).toBe(5);
  });

  test('a host that once sends a Date 364 days ahead changes no token, and causes a warning', async () => {
    const auth = authOf();
    theirs += 364 * day;
    expect((await sendBy(auth, voice())).status).toBe(401);
    theirs -= 364 * day;
    for (let count = 0; count < 2; count += 1) {
      expect((await sendBy(auth, voice())).status).toBe(201);
      elapse(2000);
    }
    expect(tokens().map(claimsOf)).toEqual([start, start, start + 2000].map(datedAt));
    expect(messages()).toEqual([expect.stringContaining('is about 364 days behind that of')]);
  });

  test('a machine that starts in 1970 causes a warning, and works once its clock is set', async () => {
    ours = 0;
    const auth = authOf();
    expect((await sendBy(auth, voice())).status).toBe(401);
    expect((await sendBy(auth, voice())).status).toBe(401);
    expect(messages()).toEqual([
      expect.stringMatching(/about 48 years behind .*more than 24 hours.* Correct the wrong clock/),
    ]);
    ours = start;
    expect((await sendBy(auth, voice())).status).toBe(201);
    expect(claimsOf(tokens().at(-1))).toEqual(datedAt(start));
  });

  test('a host that is once 20 hours ahead is believed until two responses contradict it', async () => {
    const auth = authOf();
    theirs += 20 * hour;
    await sendBy(auth, voice());
    theirs -= 20 * hour;
    for (let count = 0; count < 3; count += 1) await sendBy(auth, voice());
    expect(statuses()).toEqual([401, 201, 201, 201, 201]);
    const dated = tokens().map(claimsOf);
    const ahead = start + 20 * hour;
    expect(dated).toEqual([start, ahead, ahead, ahead, start].map(datedAt));
    for (const { exp } of dated) expect(exp).toBeLessThanOrEqual(start + life + bound);
  });

  test('a single accepted response with a wrong Date changes no learned clock', async () => {
    const server = await scriptedServer();
    try {
      const auth = authOf({ products: server.products });
      const right = { status: 200, date: start + hour };
      server.script(
        { status: 401, date: start + hour },
        right,
        ...[20 * hour, -hour, 0, 364 * day].flatMap((by) => [
          { status: 200, date: start + by },
          right,
        ]),
      );
      for (let count = 0; count < 10; count += 1) await sendBy(auth, { url: server.url });
      expect(server.tokens.map(claimsOf)).toEqual(
        [start, ...Array<number>(10).fill(start + hour)].map(datedAt),
      );
      expect(messages()).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  test('a learned clock that no response has confirmed for an hour dates no token', async () => {
    const auth = authOf();
    theirs += 2 * hour;
    await sendBy(auth, voice());
    elapse(hour + 10);
    theirs -= 2 * hour;
    await sendBy(auth, voice());
    expect(statuses()).toEqual([401, 201, 201]);
    expect(claimsOf(tokens().at(-1))).toEqual(datedAt(start + hour + 10));
  });

  test('twenty injectors cause one warning of a wrong clock', async () => {
    const server = await scriptedServer();
    try {
      server.script(
        ...Array.from({ length: 20 })
          .flatMap(() => [401, 200])
          .map((status) => ({ status, date: start + hour })),
      );
      const auths = Array.from({ length: 20 }, () => authOf({ products: server.products }));
      for (const auth of auths) await sendBy(auth, { url: server.url });
      expect(server.tokens).toHaveLength(40);
      expect(messages()).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  test.each([200, 204, 302, 400, 404, 429, 500, 503])(
    'a response of status %i contradicts a learned clock, even if it answers a retry',
    async (status) => {
      const server = await scriptedServer();
      try {
        const auth = authOf({ products: server.products });
        const send = () => sendBy(auth, { url: server.url });
        server.script(
          { status: 401, date: start + 20 * hour },
          { status, date: start - hour },
          { status, date: start },
        );
        for (let count = 0; count < 3; count += 1) await send();
        expect(server.tokens.map(claimsOf)).toEqual(
          [start, start + 20 * hour, start + 20 * hour, start].map(datedAt),
        );
      } finally {
        await server.close();
      }
    },
  );

  test.each([200, 401])(
    'a response of status %i to a request without a token contradicts a learned clock, but sets none',
    async (status) => {
      const server = await scriptedServer();
      try {
        const auth = authOf({ products: server.products });
        const basic = () => sendBy(auth, { url: `${server.url}basic/` });
        server.script(
          { status, date: start + 10 * hour },
          { status: 401, date: start + 20 * hour },
          { status: 200, date: start + 20 * hour },
          { status, date: start },
          { status, date: start },
        );
        await basic();
        await sendBy(auth, { url: server.url });
        for (let count = 0; count < 2; count += 1) await basic();
        await sendBy(auth, { url: server.url });
        const dated = server.tokens.filter((token) => token.includes('.')).map(claimsOf);
        expect(dated).toEqual([start, start + 20 * hour, start].map(datedAt));
      } finally {
        await server.close();
      }
    },
  );

  describe('a refusal by HTTP 403 whose Date differs', () => {
    const forbidden = (...dates: number[]) => dates.map((date) => ({ status: 403, date }));
    const server = serverOf(scriptedServer);
    const send = (auth: AuthInjector, request: object = {}) =>
      sendBy(auth, { url: server().url, ...request });
    const authThere = (from = credentials) => authOf({ products: server().products }, from);

    test.each([hour, -hour, 31, -31])(
      'is retried with a corrected clock, which later requests use too (%i seconds)',
      async (offset) => {
        server().script(
          ...forbidden(start + offset),
          { status: 200, date: start + offset },
          { status: 200, date: start + offset },
        );
        const auth = authThere();
        for (let count = 0; count < 2; count += 1) {
          expect((await send(auth)).status).toBe(200);
        }
        expect(server().tokens.map(claimsOf)).toEqual(
          [start, start + offset, start + offset].map(datedAt),
        );
        expect(messages()).toHaveLength(1);
      },
    );

    test.each([0, 30, -30])(
      'is not retried, and the token is kept, if the clocks differ by only %i seconds',
      async (offset) => {
        server().script(...forbidden(start + offset, start + offset));
        const pair = [privateKey, keyText('rsa-other')] as const;
        const provider = jest.fn(() => credentials.with({ privateKey: pair }));
        const auth = authOf({ products: server().products }, provider);
        for (let count = 0; count < 2; count += 1) expect((await send(auth)).status).toBe(403);
        const { tokens } = server();
        expect(tokens).toHaveLength(2);
        expect(new Set(tokens).size).toBe(1);
        expect(provider).toHaveBeenCalledTimes(1);
        expect(messages()).toEqual([]);
      },
    );

    test('is retried once, and the caller gets the second response', async () => {
      server().script(...forbidden(start + hour, start + hour, start + hour));
      const auth = authThere();
      expect((await send(auth)).status).toBe(403);
      expect(server().tokens).toHaveLength(2);
      expect((await send(auth)).status).toBe(403);
      expect(server().tokens).toHaveLength(3);
    });

    test('is not retried for a clock that differs by more than 24 hours', async () => {
      server().script(...forbidden(start + 2 * day));
      expect((await send(authThere())).status).toBe(403);
      expect(server().tokens).toHaveLength(1);
      expect(messages()).toEqual([expect.stringContaining('more than 24 hours')]);
    });

    test('is not retried if the request used Basic, which does not depend on a clock', async () => {
      server().script(...forbidden(start + hour, start + hour));
      const auth = authThere(credentials.with({ apiSecret: ['one', 'two'] }));
      const url = `${server().url}basic/`;
      for (let count = 0; count < 2; count += 1) {
        expect((await send(auth, { url })).status).toBe(403);
      }
      expect(server().tokens).toHaveLength(2);
    });

    test('is not retried if the body is a stream, but the next request uses the corrected clock', async () => {
      server().script(...forbidden(start + hour), { status: 200, date: start + hour });
      const auth = authThere();
      const headers = { 'content-type': 'text/plain' };
      const data = Readable.from(['x']);
      expect((await send(auth, { method: 'post', headers, data })).status).toBe(403);
      expect((await send(auth)).status).toBe(200);
      expect(server().tokens.map(claimsOf)).toEqual([start, start + hour].map(datedAt));
    });
  });

  describe('while a token is being signed,', () => {
    let whileSigning: () => void | Promise<void>;
    const signer = async (input: Uint8Array) => {
      await setImmediate();
      await whileSigning();
      return createSign('sha256').update(input).sign(privateKey);
    };
    const once = (change: () => void | Promise<void>) => {
      let isDone = false;
      whileSigning = async () => {
        if (isDone) return;
        isDone = true;
        await change();
      };
    };
    beforeEach(() => {
      whileSigning = () => undefined;
    });

    test('if the local clock is set, the token is dated at the true time', async () => {
      ours -= day;
      const auth = authOf({ signer, cache: false });
      await sendBy(auth, voice());
      once(() => {
        ours += day;
      });
      await sendBy(auth, voice());
      expect(claimsOf(tokens().at(-1))).toEqual(datedAt(start));
      expect(statuses()).toEqual([401, 201, 201]);
    });

    test('if two responses contradict the learned clock, the token is signed again', async () => {
      const auth = authOf({ signer, cache: false });
      theirs += 20 * hour;
      await sendBy(auth, voice());
      theirs -= 20 * hour;
      once(async () => {
        for (let count = 0; count < 2; count += 1) await sendBy(auth, voice());
      });
      await sendBy(auth, voice());
      const ahead = start + 20 * hour;
      expect(tokens().slice(1).map(claimsOf)).toEqual([ahead, ahead, ahead, start].map(datedAt));
    });
  });
});

type Dated = { status: number; date: number };

/** A new server for each test of a block. */
function serverOf<Server extends { close: () => Promise<void> }>(start: () => Promise<Server>) {
  let server: Server;
  beforeEach(async () => {
    server = await start();
  });
  afterEach(() => server.close());
  return () => server;
}

/** A host with scripted responses. */
async function scriptedServer() {
  const answers: Dated[] = [];
  const server = await recordingServer(() => answers.shift());
  return { ...server, script: (...scripted: Dated[]) => void answers.push(...scripted) };
}

/** A host that refuses tokens dated more than five minutes from its own time. */
async function strictServer() {
  return recordingServer((token) => {
    const isNear = Math.abs(Number(claimsOf(token).iat) - theirs) <= 300;
    return { status: isNear ? 200 : 401, date: theirs };
  });
}

async function recordingServer(answer: (token: string) => Dated | undefined) {
  const received: string[] = [];
  const server: TestServer = await startServer(({ headers }, response) => {
    const token = tokenOf(headers);
    received.push(token);
    const { status, date } = answer(token) ?? { status: 200, date: start };
    response.writeHead(status, { date: new Date(date * 1000).toUTCString(), connection: 'close' });
    response.end();
  });
  const url = `${server.origin}/`;
  return {
    url,
    products: [
      { name: 'gateway', urls: [url], schemes: ['bearer'] as const },
      { name: 'accounts', urls: [`${url}basic/`], schemes: ['basic'] as const },
    ],
    tokens: received,
    close: () => server.close(),
  };
}
