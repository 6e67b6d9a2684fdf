import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Auth } from '@vonage/auth';
import { Voice } from '@vonage/voice';
import { applicationId, privateKey } from '../account.mjs';
import { runInterleaved } from '../interleave.mjs';
import { atMost, row } from '../row.mjs';
import { median, ratio, seriesOf } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { count, number, time } from '../units.mjs';

export const title = 'Calls through the official SDK';
export const meaning =
  'What changes for a program that uses the official SDK, if it gets its credentials from `vonageAuth`.';
export const note =
  '1,000 calls (400 with `--quick`) by `createOutboundCall` of `@vonage/voice`, one at a time, to a server on the loopback interface. The server has a process of its own and counts the different tokens that it gets. Each token is one signature. The floor is the same client with a constant header.';

const call = {
  to: [{ type: 'phone', number: '447700900000' }],
  from: { type: 'phone', number: '447700900001' },
  ncco: [{ action: 'talk', text: 'Hello' }],
};

export async function run({ requests, rounds }) {
  const calls = Math.min(requests, 1000);
  const server = fork(new URL('../children/token-server.mjs', import.meta.url));
  try {
    const [port] = await once(server, 'message');
    const measured = await runInterleaved(
      contestants,
      Math.ceil(rounds / 3),
      async (createAuth) => {
        const start = performance.now();
        const voice = new Voice(createAuth(), { apiHost: `http://127.0.0.1:${port}` });
        for (let each = 0; each < calls; each += 1) await voice.createOutboundCall(call);
        const nanoseconds = (performance.now() - start) * 1e6;
        server.send('count');
        const [tokens] = await once(server, 'message');
        return { nanoseconds, tokens };
      },
    );
    return [
      ...rowsOf(seriesOf(measured, 'tokens'), 'signatures', count, ({ ours }) => exactlyOne(ours)),
      ...rowsOf(
        seriesOf(measured, 'nanoseconds'),
        `${calls.toLocaleString('en')} calls`,
        time,
        faster,
      ),
    ];
  } finally {
    server.kill();
  }
}

/** New credentials for each run, so that every run signs its first token. */
const contestants = {
  floor: () => constant,
  ours: () => {
    const { Credentials, vonageAuth } = nexmoAuth;
    return vonageAuth(new Credentials({ applicationId, privateKey }));
  },
  '@vonage/auth': () => new Auth({ applicationId, privateKey }),
};

const constant = {
  getQueryParams: async () => ({}),
  createBearerHeader: async () => 'Bearer token',
};

function rowsOf(series, what, unit, targetOf) {
  const { floor, ours, ...peers } = series;
  return [
    row({
      ...{ what: `${what}, \`vonageAuth\``, unit, measured: ours, floor, peers },
      target: targetOf(series),
    }),
    row({ what: `${what}, @vonage/auth`, unit, measured: peers['@vonage/auth'], floor }),
  ];
}

function faster({ ours, '@vonage/auth': official }) {
  return atMost(0.8, ratio(ours, official), ' × the time of `@vonage/auth`');
}

function exactlyOne(series) {
  return {
    text: 'exactly 1',
    figure: number(median(series)),
    isReached: series.every((signatures) => signatures === 1),
  };
}
