import { createHash, randomUUID } from 'node:crypto';
import axios from 'axios';
import { sign, type SignOptions } from 'jsonwebtoken';
import { attachAuth, AuthInjector, Credentials, decodeJwt, generateJwt } from '../../../src';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/testing';
import { applicationId, held } from '../../support/account';
import { errorOf, logShows, testDifferences } from '../../support/differences';
import { keyText } from '../../support/keys';
import { leaksIn } from '../../support/leaks';
import { startServer } from '../../support/server';

const { apiKey, apiSecret, signatureSecret } = held;
const privateKey = keyText('rsa-pkcs8');
const publicKey = keyText('rsa-public');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const hour = 3_600_000;

const lifetimeOf = (token: string) => {
  const { exp, iat } = decodeJwt(token).claims;
  return Number(exp) - Number(iat);
};
const seconds = () => Math.floor(Date.now() / 1000);

/** A hand-made signature like that of many programs: `&` and `=` in the values stay as they are. */
function signByHand(params: Record<string, string>): string {
  const names = Object.keys(params).sort();
  const base = names.map((name) => `&${name}=${String(params[name])}`).join('');
  return createHash('md5')
    .update(base + signatureSecret)
    .digest('hex');
}

async function sandboxed<T>(
  options: SandboxOptions,
  use: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox(options);
  try {
    return await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

const statusOfSms = (data: unknown) =>
  (data as { messages: { status: string }[] }).messages[0]?.status;

/** Sends to a server that redirects to another one. Returns how often each of them gets the secret. */
async function secretsAround307(send: (url: string) => Promise<unknown>): Promise<number[]> {
  const other = await startServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  const first = await startServer((request, response) => {
    request.resume().on('end', () => response.writeHead(307, { location: other.origin }).end());
  });
  await send(`${first.origin}/`).catch(() => undefined);
  await Promise.all([first.close(), other.close()]);
  return [first, other].map(
    ({ received }) => received.filter((text) => text.includes(apiSecret)).length,
  );
}

testDifferences('docs/migrate-from-hand-made.md', 'What behaves differently in requests', {
  'Times are checked': {
    before: () => {
      const signed = (claims: object, options: SignOptions = {}) =>
        sign(claims, privateKey, { algorithm: 'RS256', ...options });
      const milliseconds = Date.now() + 900_000;
      return [
        decodeJwt(signed({ exp: milliseconds })).claims['exp'] === milliseconds,
        decodeJwt(signed({ exp: 1 })).claims['exp'],
        lifetimeOf(signed({}, { expiresIn: '900' })),
      ];
    },
    was: [true, 1, 0],
    after: () =>
      Promise.all(
        [{ exp: Date.now() + 900_000 }, { exp: 1 }, { ttl: '900' as unknown as number }].map(
          (options) => errorOf(() => generateJwt(applicationId, privateKey, options)),
        ),
      ),
    is: ['ERR_LIFETIME_OUT_OF_BOUNDS', 'ERR_EXP_IN_PAST', 'ERR_CLAIM_INVALID'],
  },
  'A token has every required claim': {
    before: () =>
      sandboxed({ applicationId, publicKey }, async (sandbox) => {
        const token = sign({ application_id: applicationId }, privateKey, { algorithm: 'RS256' });
        const headers = { authorization: `Bearer ${token}` };
        await fetch(sandbox.url('users'), { headers });
        return sandbox.requests.map(({ status, refusal }) => [status, refusal]);
      }),
    was: [[401, expect.stringContaining('jti')]],
    after: () => Object.keys(decodeJwt(generateJwt(applicationId, privateKey)).claims).sort(),
    is: ['application_id', 'exp', 'iat', 'jti'],
  },
  'A token is replaced before it expires': {
    before: () => {
      let now = Date.now();
      return sandboxed({ applicationId, publicKey, now: () => now }, async (sandbox) => {
        const http = axios.create({ validateStatus: null });
        const iat = seconds();
        const claims = { application_id: applicationId, iat, exp: iat + 900, jti: randomUUID() };
        const token = sign(claims, privateKey, { algorithm: 'RS256' });
        http.defaults.headers.common.Authorization = `Bearer ${token}`;
        const early = (await http.get(sandbox.url('users'))).status;
        now += hour;
        return [early, (await http.get(sandbox.url('users'))).status];
      });
    },
    was: [200, 401],
    after: () => {
      let now = Date.now();
      return sandboxed({ applicationId, publicKey, now: () => now }, async (sandbox) => {
        const http = axios.create({ validateStatus: null });
        const { products } = sandbox;
        attachAuth(http, new AuthInjector(credentials, { products, now: () => now }));
        const early = (await http.get(sandbox.url('users'))).status;
        now += hour;
        return [early, (await http.get(sandbox.url('users'))).status];
      });
    },
    is: [200, 200],
  },
  'Errors do not contain the secret': {
    before: () =>
      sandboxed({ apiKey }, async (sandbox) => {
        const params = { api_key: apiKey, api_secret: apiSecret };
        const http = axios.create();
        const error: unknown = await http
          .get(`${sandbox.url('account')}get-balance`, { params })
          .catch((caught: unknown) => caught);
        return logShows(error, [apiSecret]);
      }),
    was: true,
    after: () =>
      sandboxed({ apiKey }, async (sandbox) => {
        const http = axios.create();
        attachAuth(http, new AuthInjector(credentials, { products: sandbox.products }));
        const error: unknown = await http
          .get(`${sandbox.url('account')}get-balance`)
          .catch((caught: unknown) => caught);
        return [String(error), leaksIn(error, [apiSecret])];
      }),
    is: ['AxiosError: Request failed with status code 401', []],
  },
  'A redirect is not followed with a credential': {
    before: async () => {
      const form = () => new URLSearchParams({ api_key: apiKey, api_secret: apiSecret });
      return [
        await secretsAround307((url) => fetch(url, { method: 'POST', body: form() })),
        await secretsAround307((url) => axios.post(url, form())),
      ];
    },
    was: [
      [1, 1],
      [1, 1],
    ],
    after: () =>
      secretsAround307((url) => {
        const http = axios.create();
        const gateway = { name: 'gateway', urls: [url], schemes: ['body'] as const };
        attachAuth(http, new AuthInjector(credentials, { products: [gateway] }));
        return http.post(url, new URLSearchParams());
      }),
    is: [1, 0],
  },
  'A refused SMS is sent again with the previous secret': {
    before: () =>
      sandboxed({ apiKey, apiSecret: 'PreviousSecret1' }, async (sandbox) => {
        const params = { api_key: apiKey, api_secret: apiSecret, to: '447700900000' };
        const response = await fetch(
          `${sandbox.url('sms')}json?${String(new URLSearchParams({ ...params, from: 'Acme', text: 'Hello' }))}`,
        );
        return [response.ok, statusOfSms(await response.json())];
      }),
    was: [true, '4'],
    after: () =>
      sandboxed({ apiKey, apiSecret: 'PreviousSecret1' }, async (sandbox) => {
        const http = axios.create();
        const rotating = new Credentials({ apiKey, apiSecret: [apiSecret, 'PreviousSecret1'] });
        attachAuth(http, new AuthInjector(rotating, { products: sandbox.products }));
        const params = { from: 'Acme', to: '447700900000', text: 'Hello' };
        return statusOfSms((await http.get(`${sandbox.url('sms')}json`, { params })).data);
      }),
    is: '0',
  },
  'A secret with a line break is an error': {
    before: () =>
      sandboxed({ apiKey, apiSecret }, async (sandbox) => {
        const basic = Buffer.from(`${apiKey}:${apiSecret}\n`).toString('base64');
        const headers = { authorization: `Basic ${basic}` };
        return (await fetch(sandbox.url('applications'), { headers })).status;
      }),
    was: 401,
    after: () => errorOf(() => new Credentials({ apiKey, apiSecret: `${apiSecret}\n` })),
    is: 'ERR_CONTROL_CHARACTER',
  },
  'A signed SMS may contain any text': {
    before: () =>
      sandboxed({ apiKey, signatureSecret }, async (sandbox) => {
        const send = async (text: string) => {
          const timestamp = String(seconds());
          const params = { api_key: apiKey, from: 'Acme', to: '447700900000', text, timestamp };
          const query = new URLSearchParams({ ...params, sig: signByHand(params) });
          const response = await fetch(`${sandbox.url('sms')}json?${String(query)}`);
          return statusOfSms(await response.json());
        };
        return [await send('Hello'), await send('Tom & Jerry')];
      }),
    was: ['0', '14'],
    after: () =>
      sandboxed({ apiKey, signatureSecret }, async (sandbox) => {
        const http = axios.create();
        const { products } = sandbox;
        attachAuth(
          http,
          new AuthInjector(credentials, { products, schemes: { sms: 'signature' } }),
        );
        const params = { from: 'Acme', to: '447700900000', text: 'Tom & Jerry' };
        return statusOfSms((await http.get(`${sandbox.url('sms')}json`, { params })).data);
      }),
    is: '0',
  },
});
