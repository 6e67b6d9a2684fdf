import axios from 'axios';
import {
  attachAuth,
  AuthInjector,
  type AuthInjectorOptions,
  Credentials,
  decodeJwt,
  generateJwt,
  JwtGenerator,
  signParams,
} from '../../../src';
import { type Sandbox, startSandbox } from '../../../src/testing';
import { applicationId, held } from '../../support/account';
import { errorOf, logShows, testDifferences } from '../../support/differences';
import { keyPath, keySecrets, keyText } from '../../support/keys';
import { leaksIn } from '../../support/leaks';
import { answerOf, Nexmo, requestsOf } from '../../support/old-nexmo';

const { apiKey, apiSecret, signatureSecret } = held;
const pkcs1 = keyText('rsa-pkcs1');
const account = { apiKey, apiSecret, applicationId, privateKey: keyPath('rsa-pkcs8') };
const signing = { ...account, signatureSecret };
const credentials = new Credentials(account);
const secrets = [apiSecret, ...keySecrets(keyText('rsa-pkcs8'))];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ apiKey, apiSecret: 'AnotherSecret123', signatureSecret });
});
afterAll(() => sandbox.close());

const sandboxPort = () => new URL(sandbox.url('sms')).port;
const statusOf = (data: unknown) =>
  (data as { messages: { status: string }[] }).messages[0]?.status;

const oldSms = (old: object, text: string) =>
  answerOf(['message.sendSms', 'Acme', '447700900000', text], old, sandboxPort());

/** Sends an SMS with this package. Returns the body of the answer. */
async function sendSms(old: object, text: string, options: AuthInjectorOptions = {}) {
  const http = axios.create();
  const { products } = sandbox;
  attachAuth(http, new AuthInjector(new Credentials(old), { ...options, products }));
  const params = { from: 'Acme', to: '447700900000', text };
  return (await http.post(`${sandbox.url('sms')}json`, null, { params })).data as unknown;
}

const call = { url: 'https://api.nexmo.com/v1/calls' };
const balance = { url: 'https://rest.nexmo.com/account/get-balance' };
const signed: AuthInjectorOptions = { schemes: { sms: 'signature' } };
const texts = ['Hello', '1+1', 'Tom & Jerry', 'No. #1'];
const queryOf = ({ path }: { path?: string | null | undefined }) =>
  new URL(String(path), call.url).searchParams;
const sign = (params: object) =>
  new Nexmo({ signatureSecret: 'secret', signatureMethod: 'md5hash' }).generateSignature(params);

testDifferences('docs/migrate-from-nexmo.md', 'What behaves differently', {
  'A token says when it expires': {
    before: () => Object.keys(decodeJwt(new Nexmo(account).generateJwt()).claims),
    was: ['iat', 'jti', 'application_id'],
    after: () => {
      const { exp, iat } = decodeJwt(new JwtGenerator(credentials).generate()).claims;
      return Number(exp) - Number(iat);
    },
    is: 900,
  },
  'Claims are checked': {
    before: () => {
      const claims = { issuedAt: 5, exp: NaN, application_id: 'my-app' };
      return decodeJwt(new Nexmo(account).generateJwt(claims)).claims;
    },
    was: expect.objectContaining({ iat: 5, issuedAt: 5, exp: null, application_id: 'my-app' }),
    after: () => errorOf(() => generateJwt(applicationId, account.privateKey, { exp: NaN })),
    is: 'ERR_CLAIM_INVALID',
  },
  'Tokens are reused': {
    before: () => {
      const get = ['calls.get', 'ID'] as const;
      const requests = requestsOf([get, get], account);
      return new Set(requests.map(({ headers }) => JSON.stringify(headers))).size;
    },
    was: 2,
    after: async () => {
      const auth = new AuthInjector(credentials);
      const tokens = [await auth.inject(call), await auth.inject(call)];
      return new Set(tokens.map(({ headers }) => headers['Authorization'])).size;
    },
    is: 1,
  },
  'Your objects are not changed': {
    before: () => {
      const [insight, options, claims] = [{ level: 'basic', number: '447700900000' }, {}, {}];
      const sms = ['message.sendSms', 'Acme', '447700900000', 'Hello', options] as const;
      requestsOf([['numberInsight.get', insight], sms], account);
      new Nexmo(account).generateJwt(claims);
      return [insight, options, claims];
    },
    was: [
      { number: '447700900000', api_key: apiKey, api_secret: apiSecret },
      { from: 'Acme', to: '447700900000', text: 'Hello' },
      { application_id: applicationId },
    ],
    after: async () => {
      const params = { number: '447700900000' };
      await new AuthInjector(credentials).inject({
        url: 'https://api.nexmo.com/ni/basic/json',
        params,
      });
      return params;
    },
    is: { number: '447700900000' },
  },
  'A signed SMS may contain any text': {
    before: () => {
      const old = { ...signing, signatureMethod: 'md5hash' };
      return Promise.all(texts.map(async (text) => statusOf((await oldSms(old, text)).data)));
    },
    was: ['0', '14', '14', '4'],
    after: () =>
      Promise.all(texts.map(async (text) => statusOf(await sendSms(signing, text, signed)))),
    is: ['0', '0', '0', '0'],
  },
  'Only SMS is signed': {
    before: () => {
      const old = { ...signing, signatureMethod: 'md5hash' };
      const requests = requestsOf([['calls.get', 'ID'], ['account.checkBalance']], old);
      return requests.map((request) => queryOf(request).has('sig'));
    },
    was: [true, true],
    after: async () => {
      const auth = new AuthInjector(new Credentials(signing), signed);
      return [(await auth.attempt(call)).scheme, (await auth.attempt(balance)).scheme];
    },
    is: ['bearer', 'query'],
  },
  'The default signature method is md5hash': {
    before: () =>
      requestsOf([['message.search', 'ID']], signing).map((request) =>
        queryOf(request).has('api_secret'),
      ),
    was: [true],
    after: async () => statusOf(await sendSms(signing, 'Hello', signed)),
    is: '0',
  },
  'A signature covers a timestamp': {
    before: () => sign({ from: 'NEXMO' }),
    was: '2cdd20a2a0f7270545a98b3ccb87ba51',
    after: () => {
      const { sig, ...params } = signParams({ from: 'NEXMO' }, { secret: 'secret' });
      return [Object.keys(params), sig === sign(params)];
    },
    is: [['timestamp', 'from'], true],
  },
  'A private key is read in any PEM format, and no message contains it': {
    before: async () => {
      const message = await errorOf(() => new Nexmo({ ...account, privateKey: pkcs1 }));
      return logShows(message, keySecrets(pkcs1));
    },
    was: true,
    after: () => new Credentials({ privateKey: pkcs1 }).has('application'),
    is: false,
  },
  'Nothing prints a secret': {
    before: () => {
      const lines: unknown[] = [];
      const logger = { info: (...line: unknown[]) => lines.push(line) };
      requestsOf([['account.checkBalance']], account, { logger });
      return [new Nexmo(account), lines].map((value) => logShows(value, secrets));
    },
    was: [true, true],
    after: () => leaksIn([credentials, new AuthInjector(credentials)], secrets),
    is: [],
  },
  'Errors are errors': {
    before: async () => {
      const { error } = await answerOf(['account.listSecrets', apiKey], account, sandboxPort());
      return [error instanceof Error, error];
    },
    was: [
      false,
      {
        statusCode: 401,
        headers: expect.any(Object) as object,
        body: expect.any(Object) as object,
      },
    ],
    after: async () => {
      const http = axios.create();
      attachAuth(http, new AuthInjector(credentials, { products: sandbox.products }));
      return http.get(sandbox.url('secrets').replace('*', apiKey)).catch(String);
    },
    is: 'AxiosError: Request failed with status code 401',
  },
  'A refused SMS is still no error': {
    before: async () => {
      const { error, data } = await oldSms(account, 'Hello');
      return [error, statusOf(data)];
    },
    was: [null, '4'],
    after: async () => statusOf(await sendSms(account, 'Hello')),
    is: '4',
  },
});
