import { Credentials, type NexmoAuthErrorCode, OAuth1Flow } from '../../src';
import { failure } from '../support/errors';
import { startServer, type TestServer } from '../support/server';
import { refused } from './refused';

/** The codes of the OAuth Problem Reporting extension, `verifier_invalid` of OAuth 1.0a, and three unknown codes. */
const codes: [string, NexmoAuthErrorCode][] = [
  ['version_rejected', 'ERR_OAUTH1_REFUSED'],
  ['parameter_absent', 'ERR_OAUTH1_REFUSED'],
  ['parameter_rejected', 'ERR_OAUTH1_REFUSED'],
  ['timestamp_refused', 'ERR_OAUTH1_TIMESTAMP_REFUSED'],
  ['nonce_used', 'ERR_OAUTH1_TIMESTAMP_REFUSED'],
  ['signature_method_rejected', 'ERR_OAUTH1_SIGNATURE_REJECTED'],
  ['signature_invalid', 'ERR_OAUTH1_SIGNATURE_REJECTED'],
  ['consumer_key_unknown', 'ERR_OAUTH1_CONSUMER_REJECTED'],
  ['consumer_key_rejected', 'ERR_OAUTH1_CONSUMER_REJECTED'],
  ['consumer_key_refused', 'ERR_OAUTH1_CONSUMER_REJECTED'],
  ['token_used', 'ERR_OAUTH1_TOKEN_REJECTED'],
  ['token_expired', 'ERR_OAUTH1_TOKEN_REJECTED'],
  ['token_revoked', 'ERR_OAUTH1_TOKEN_REJECTED'],
  ['token_rejected', 'ERR_OAUTH1_TOKEN_REJECTED'],
  ['verifier_invalid', 'ERR_OAUTH1_VERIFIER_REJECTED'],
  ['additional_authorization_required', 'ERR_OAUTH1_REFUSED'],
  ['permission_unknown', 'ERR_OAUTH1_DECLINED'],
  ['permission_denied', 'ERR_OAUTH1_DECLINED'],
  ['user_refused', 'ERR_OAUTH1_DECLINED'],
  ['PERMISSION_DENIED', 'ERR_OAUTH1_REFUSED'],
  ['null', 'ERR_OAUTH1_REFUSED'],
  ['', 'ERR_OAUTH1_REFUSED'],
];

const consumer = { consumerKey: 'dpf43f3p2l4k3l03', consumerSecret: 'kd94hf93k423kf44' };
const pair = { token: 'hh5s93j4hdidpola', tokenSecret: 'hdhd0244k9j7ao03' };
const verifier = 'hfdp7dh39dks9884';
const secrets = [consumer.consumerSecret, ...Object.values(pair), verifier];
const temporary = new Credentials({ oauth1: { ...consumer, ...pair } });

let server: TestServer;
let flow: OAuth1Flow;
let problem: string;
beforeAll(async () => {
  server = await startServer((_request, response) => {
    response.writeHead(401).end(new URLSearchParams({ oauth_problem: problem }).toString());
  });
  const [requestTokenUrl, authorizeUrl, accessTokenUrl] = ['request', 'authorize', 'access'].map(
    (name) => `${server.origin}/${name}`,
  ) as [string, string, string];
  const endpoints = { requestTokenUrl, authorizeUrl, accessTokenUrl };
  flow = new OAuth1Flow(new Credentials({ oauth1: consumer }), { endpoints });
});
afterAll(() => server.close());

test.each(codes)('the problem "%s" gives %s at each step', async (name, code) => {
  problem = name;
  const back = `/back?${new URLSearchParams({ oauth_token: pair.token, oauth_problem: name }).toString()}`;
  const { received } = server;
  const errors = [
    await refused(flow.requestToken('oob'), secrets, received),
    failure(() => flow.verifierIn(back, temporary), secrets),
    await refused(flow.accessToken(temporary, verifier), secrets, received),
  ];
  expect(errors.map((error) => error.code)).toEqual([code, code, code]);
});
