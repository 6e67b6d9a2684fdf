import { createPrivateKey } from 'node:crypto';
import { Applications } from '@vonage/applications';
import { AlgorithmTypes, Auth } from '@vonage/auth';
import { tokenGenerate, verifySignature } from '@vonage/jwt';
import axios from 'axios';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  decodeJwt,
  generateJwt,
  JwtGenerator,
  signParams,
  WebhookVerifier,
} from '../../../src';
import { type Sandbox, signWebhook, startSandbox } from '../../../src/testing';
import { applicationId, held } from '../../support/account';
import { errorOf, logShows, testDifferences } from '../../support/differences';
import { keySecrets, keyText } from '../../support/keys';
import { leaksIn } from '../../support/leaks';
import { root, run } from '../../support/run';
import { startServer } from '../../support/server';

const page = 'docs/migrate-from-vonage-auth.md';
const privateKey = keyText('rsa-pkcs8');
const { apiKey, apiSecret, signatureSecret } = held;
const secrets = [apiSecret, signatureSecret, ...keySecrets(privateKey)];
const credentials = new Credentials({ ...held, applicationId, privateKey });
const auth = new Auth({
  apiKey,
  apiSecret,
  applicationId,
  privateKey,
  signature: { secret: signatureSecret, algorithm: AlgorithmTypes.md5hash },
});

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ apiKey, apiSecret: 'AnotherSecret123', signatureSecret });
});
afterAll(() => sandbox.close());

/** The lifetime of a token in seconds. NaN if `exp` is null. */
const lifetime = (token: string) => {
  const { exp, iat } = decodeJwt(token.replace('Bearer ', '')).claims;
  return exp === null ? NaN : Number(exp) - Number(iat);
};
const tokenOf = ({ headers }: { headers: Record<string, string> }) =>
  String(headers['authorization']).replace('Bearer ', '');
const claimNames = (token: string) => Object.keys(decodeJwt(token).claims).sort();
const twice = async <T>(call: () => T | Promise<T>) => [await call(), await call()];

/** The status of an SMS whose parameters are already signed. */
async function statusOf(params: Record<string, string>): Promise<string> {
  const response = await fetch(`${sandbox.url('sms')}json?${String(new URLSearchParams(params))}`);
  const { messages } = (await response.json()) as { messages: { status: string }[] };
  return String(messages[0]?.status);
}

const sms = { from: 'Acme', to: '447700900000', text: 'Tom & Jerry' };
const signedLongAgo = signWebhook({ secret: signatureSecret, apiKey, iat: 1 });
const recent = signWebhook({ secret: signatureSecret, apiKey, body: { text: 'Hello' } });
const verifier = new WebhookVerifier({ secrets: signatureSecret });

testDifferences(page, 'What behaves differently', {
  '`ttl` applies to every token': {
    before: () => {
      const old = new Auth({ applicationId, privateKey, jwtOptions: { ttl: 60 } });
      return twice(async () => lifetime(await old.createBearerHeader()));
    },
    was: [60, 900],
    after: () => {
      const jwt = new JwtGenerator(credentials, { ttl: 60 });
      return twice(() => lifetime(jwt.generate()));
    },
    is: [60, 60],
  },
  'A lifetime is at least 30 seconds and at most 24 hours': {
    before: () =>
      [{ ttl: 1 }, { ttl: 1e9 }, { exp: 1e13 }].map((options) =>
        lifetime(tokenGenerate(applicationId, privateKey, options)),
      ),
    was: [1, 1e9, expect.closeTo(1e13, -11)],
    after: () =>
      Promise.all(
        [{ ttl: 1 }, { ttl: 1e9 }, { exp: 1e13 }].map((options) =>
          errorOf(() => generateJwt(applicationId, privateKey, options)),
        ),
      ),
    is: Array(3).fill('ERR_LIFETIME_OUT_OF_BOUNDS'),
  },
  'An `exp` that makes no sense is an error': {
    before: () =>
      [1, NaN, Infinity].map((exp) => lifetime(tokenGenerate(applicationId, privateKey, { exp }))),
    was: [900, 900, NaN],
    after: () =>
      Promise.all(
        [1, NaN, Infinity].map((exp) =>
          errorOf(() => generateJwt(applicationId, privateKey, { exp })),
        ),
      ),
    is: ['ERR_EXP_IN_PAST', 'ERR_CLAIM_INVALID', 'ERR_CLAIM_INVALID'],
  },
  'A token contains only the claims of the guide': {
    before: () =>
      claimNames(tokenGenerate(applicationId, privateKey, { issued_at: 1e9, subject: 'alice' })),
    was: ['application_id', 'exp', 'iat', 'issued_at', 'jti', 'sub', 'subject'],
    after: () => claimNames(generateJwt(applicationId, privateKey, { sub: 'alice' })),
    is: ['application_id', 'exp', 'iat', 'jti', 'sub'],
  },
  'A token is reused until shortly before it expires': {
    before: async () => new Set(await twice(() => auth.createBearerHeader())).size,
    was: 2,
    after: async () => {
      const injector = new AuthInjector(credentials);
      const request = { url: 'https://api.nexmo.com/v1/calls' };
      const bearer = async () => (await injector.inject(request)).headers['Authorization'];
      return new Set(await twice(bearer)).size;
    },
    is: 1,
  },
  'SMS signatures follow the guide': {
    before: async () => statusOf(await auth.createSignatureHash({ ...sms, api_key: apiKey })),
    was: '14',
    after: () => statusOf(signParams({ ...sms, api_key: apiKey }, { secret: signatureSecret })),
    is: '0',
  },
  'Credentials are checked when you create them': {
    before: () => [
      new Auth({ apiKey: 'abcd1234\n' }).apiKey,
      new Auth({ applicationId: 'my-app' }).applicationId,
      new Auth({ privateKey: './privat.key' }).privateKey,
    ],
    was: ['abcd1234\n', 'my-app', './privat.key'],
    after: () =>
      Promise.all([
        errorOf(() => new Credentials({ apiKey: 'abcd1234\n' })),
        errorOf(() => new Credentials({ applicationId: 'my-app' })),
        errorOf(() => new Credentials({ privateKey: './privat.key' })),
      ]),
    is: ['ERR_CONTROL_CHARACTER', 'ERR_INVALID_APPLICATION_ID', 'ERR_KEY_FILE_NOT_FOUND'],
  },
  'More formats of a private key are accepted': {
    before: () => {
      const oneLine = new Auth({ applicationId, privateKey: privateKey.replaceAll('\n', '\\n') });
      return errorOf(() => oneLine.createBearerHeader());
    },
    was: 'Error: secretOrPrivateKey must be an asymmetric key when using RS256',
    after: () => {
      const oneLine = new Credentials({ privateKey: privateKey.replaceAll('\n', '\\n') });
      return oneLine.reveal('privateKey').equals(createPrivateKey(privateKey));
    },
    is: true,
  },
  'Credentials do not show their secrets': {
    before: () =>
      [auth, JSON.stringify(auth), { ...auth }].map((value) => logShows(value, secrets)),
    was: [true, true, true],
    after: () => leaksIn([credentials, { ...credentials }], secrets),
    is: [],
  },
  'Errors do not contain the credential': {
    before: async () => {
      const apiHost = sandbox.url('applications').replace('/v2/applications', '');
      const list = new Applications(auth, { apiHost }).getApplicationPage({});
      const error = await list.catch((caught: unknown) => caught);
      const headers = { authorization: await auth.createBasicHeader() };
      const sent = axios.get(sandbox.url('applications'), { headers });
      const axiosError = await sent.catch((caught: unknown) => caught);
      return [String(error), logShows(error, secrets), logShows(axiosError, secrets)];
    },
    was: ['Error: Request failed with status code 401', true, true],
    after: async () => {
      const http = axios.create();
      attachAuth(http, new AuthInjector(credentials, { products: sandbox.products }));
      const error = await http.get(sandbox.url('applications')).catch((caught: unknown) => caught);
      return [String(error), leaksIn(error, secrets)];
    },
    is: ['AxiosError: Request failed with status code 401', []],
  },
  'A redirect is not followed with a credential': {
    before: async () => {
      const headers = { authorization: await auth.createBasicHeader() };
      return aroundRedirect([
        async (url) => (await fetch(url, { headers })).status,
        async (url) => (await axios.get(url, { headers })).status,
      ]);
    },
    was: [200, 200],
    after: () =>
      aroundRedirect([
        async (url) => (await createAuthFetch(gatewayAt(url))(url)).status,
        async (url) => {
          const http = axios.create({ validateStatus: null });
          attachAuth(http, gatewayAt(url));
          return (await http.get(url)).status;
        },
      ]),
    is: [302, 302],
  },
  '`DEBUG` prints nothing': {
    before: () => debugOutputShowsKey(`require('@vonage/jwt').tokenGenerate(id, key)`),
    was: [0, true],
    after: () => debugOutputShowsKey(`require('nexmo-auth').generateJwt(id, key)`),
    is: [0, false],
  },
  'A webhook is accepted only if it is recent and unmodified': {
    before: () => verifySignature(tokenOf(signedLongAgo), signatureSecret),
    was: true,
    after: async () => [
      await errorOf(() => verifier.verify(signedLongAgo)),
      await errorOf(() => verifier.verify({ ...recent, rawBody: '{"text":"Goodbye"}' })),
    ],
    is: ['ERR_WEBHOOK_TOO_OLD', 'ERR_WEBHOOK_TAMPERED'],
  },
});

const gatewayAt = (url: string) =>
  new AuthInjector(credentials, {
    products: [{ name: 'gateway', urls: [url], schemes: ['basic'] }],
  });

/** The results of requests to a URL that redirects to another path. */
async function aroundRedirect(sends: ((url: string) => Promise<unknown>)[]): Promise<unknown[]> {
  const server = await startServer((request, response) => {
    if (request.url === '/moved') response.end();
    else response.writeHead(302, { location: '/moved' }).end();
  });
  try {
    return await Promise.all(sends.map((send) => send(`${server.origin}/first`)));
  } finally {
    await server.close();
  }
}

async function debugOutputShowsKey(call: string) {
  const program = `const [id, key] = process.argv.slice(1); ${call}`;
  const { code, output } = await run(['-e', program, applicationId, privateKey], {
    cwd: root,
    env: { DEBUG: '*' },
  });
  return [code, logShows(output, secrets)];
}
