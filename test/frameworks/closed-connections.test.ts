// src/frameworks/hold-back.ts: the sender closes the connection before it gets the response.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type IncomingMessage, request, ServerResponse } from 'node:http';
import {
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Handler } from 'express';
import { verifyWebhook } from '../../src/frameworks/express';
import { holdBack } from '../../src/frameworks/hold-back';
import { guardThat, listen, until, verifierOf, webhook } from './serving';

/** How a handler streams a response. */
const ways: [string, (response: express.Response, stream: () => Readable) => unknown][] = [
  ['pipe', (response, stream) => stream().pipe(response)],
  ['pipeline', (response, stream) => pipeline(stream(), response, () => undefined)],
];
const ofFiles: typeof ways = [
  ['the pipe of a file', (response) => createReadStream(__filename).pipe(response)],
  [
    'sendFile',
    (response) => {
      response.sendFile(__filename);
    },
  ],
];

const spies = () => ({
  confirm: jest.fn(() => Promise.resolve()),
  release: jest.fn(() => Promise.resolve()),
});

async function serve(handler: Handler) {
  const guard = spies();
  const app = express().use(verifyWebhook(verifierOf(guardThat(guard))), handler);
  app.use(((_error, _request, response, next) => {
    if (response.headersSent) next(new Error('By the framework'));
    else response.status(500).end();
  }) as express.ErrorRequestHandler);
  return { ...guard, ...(await listen(app)) };
}

function post(site: { url: string }) {
  const { headers, rawBody } = webhook();
  const sending = request(site.url, { method: 'POST', headers });
  sending.on('error', () => undefined);
  return sending.end(rawBody);
}

const unended = () =>
  new Readable({
    read() {
      this.push('[');
      this._read = () => undefined;
    },
  });

describe('if the sender closes the connection before a handler of Express responds', () => {
  describe.each([...ways, ...ofFiles])('with %s', (_way, respond) => {
    async function answered(status: number) {
      let isAnswered = false;
      const site = await serve((_request, response) => {
        response.on('close', () => {
          response.status(status);
          respond(response, () => Readable.from(['[', ']']));
          isAnswered = true;
        });
        sending.destroy();
      });
      const sending = post(site);
      await until(() => isAnswered);
      return site;
    }

    test('a status of 200 confirms the webhook', async () => {
      const { confirm, release } = await answered(200);
      await until(() => confirm.mock.calls.length > 0);
      expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([1, 0]);
    });

    test('a status of 500 releases the webhook', async () => {
      const { confirm, release } = await answered(500);
      await until(() => release.mock.calls.length > 0);
      expect([confirm.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
    });
  });
});

describe('if the sender closes the connection in the middle of a streamed response of Express', () => {
  async function cut(
    [, respond]: (typeof ways)[number],
    status: number,
    close: (sending: ReturnType<typeof post>) => unknown,
  ) {
    let closed = false;
    const site = await serve((_request, response) => {
      response.on('close', () => (closed = true));
      response.status(status);
      respond(response, unended);
    });
    const sending = post(site);
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    await once(answer, 'data');
    close(sending);
    await until(() => closed);
    return site;
  }

  test.each(
    ways.flatMap((way) => [
      [`with ${way[0]}, by its end`, way, (sending: ReturnType<typeof post>) => sending.destroy()],
      [
        `with ${way[0]}, by a reset`,
        way,
        (sending: ReturnType<typeof post>) => sending.socket?.resetAndDestroy(),
      ],
    ]) as [string, (typeof ways)[number], (sending: ReturnType<typeof post>) => unknown][],
  )('its status counts: %s', async (_name, way, close) => {
    const confirmed = await cut(way, 200, close);
    await until(() => confirmed.confirm.mock.calls.length > 0);
    expect(confirmed.release).not.toHaveBeenCalled();
    const released = await cut(way, 500, close);
    await until(() => released.release.mock.calls.length > 0);
    expect(released.confirm).not.toHaveBeenCalled();
  });
});

describe('a streamed response of Express that fails confirms nothing:', () => {
  const failing = () =>
    Readable.from(
      (async function* () {
        yield '[';
        await wait(20);
        throw new Error('No');
      })(),
    );
  const failures: [string, Handler][] = [
    [
      'the handler throws',
      (_request, response) => {
        unended().pipe(response);
        response.flushHeaders();
        throw new Error('No');
      },
    ],
    [
      'the source of a pipeline fails',
      (_request, response) => void pipeline(failing(), response, () => undefined),
    ],
    [
      'the source of a pipe fails, and the sender closes the connection',
      (_request, response) =>
        void failing()
          .on('error', () => undefined)
          .pipe(response),
    ],
    [
      'the handler destroys the connection with an error of its own',
      (incoming, response) => {
        unended().pipe(response);
        setTimeout(() => incoming.socket.destroy(new Error('No')), 20);
      },
    ],
    [
      'the handler destroys the response',
      (_request, response) => {
        unended().pipe(response);
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ];
  test.each(failures)('%s', async (_when, handler) => {
    let closed = false;
    const site = await serve((incoming, response, next) => {
      response.on('close', () => (closed = true));
      handler(incoming, response, next);
    });
    const sending = post(site);
    sending.on('response', (answer) => {
      answer.on('error', () => undefined).resume();
      setTimeout(() => sending.destroy(), 60);
    });
    await until(() => closed);
    await wait(20);
    expect(site.confirm).not.toHaveBeenCalled();
  });
});

describe('with HTTP/2', () => {
  /** Sends a webhook to a handler that gets Node's response, and closes the session after `use`. */
  async function withStream(
    handler: (response: ServerResponse, stream: ServerHttp2Stream) => void,
    use: (guard: ReturnType<typeof spies>, stream: ClientHttp2Stream) => Promise<unknown>,
  ) {
    const guard = spies();
    const accept = verifyWebhook(verifierOf(guardThat(guard)));
    const server = createServer((incoming, outgoing) => {
      const [request, response] = [incoming, outgoing] as unknown as [
        IncomingMessage,
        ServerResponse,
      ];
      outgoing.stream.on('error', () => undefined);
      accept(request, response, () => {
        handler(response, outgoing.stream);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const { headers, rawBody } = webhook();
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
    stream.on('error', () => undefined).end(rawBody);
    await use(guard, stream);
    session.destroy();
    server.close();
    await once(server, 'close');
  }

  test.each([
    [200, 'confirm', 'release'],
    [500, 'release', 'confirm'],
  ] as const)(
    'the status %i of a streamed response counts if the sender cancels the request: %s',
    async (status, expected, other) => {
      await withStream(
        (response) => {
          response.statusCode = status;
          unended().pipe(response);
        },
        async (guard, stream) => {
          await once(stream, 'data');
          stream.close(constants.NGHTTP2_CANCEL);
          await until(() => guard[expected].mock.calls.length > 0);
          expect(guard[other]).not.toHaveBeenCalled();
        },
      );
    },
  );

  test('a streamed response that the program aborts confirms nothing', async () => {
    let closed = false;
    await withStream(
      (response, stream) => {
        response.on('close', () => (closed = true));
        unended().pipe(response);
        setTimeout(() => stream.destroy(new DOMException('No', 'AbortError')), 20);
      },
      async (guard) => {
        await until(() => closed);
        await wait(20);
        expect(guard.confirm).not.toHaveBeenCalled();
      },
    );
  });
});

test('a response without a socket may be closed, as in servers of functions', () => {
  const settle = jest.fn(() => Promise.resolve(undefined));
  const response = new ServerResponse({ httpVersionMajor: 1 } as unknown as IncomingMessage);
  holdBack(response, settle, jest.fn(), jest.fn());
  unended().pipe(response);
  response.emit('close');
  expect(settle).not.toHaveBeenCalled();
});
