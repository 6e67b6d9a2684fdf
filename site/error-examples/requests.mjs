export const requestExamples = {
  ERR_INVALID_REQUEST: {
    provokes: `await auth.inject('https://rest.nexmo.com/account/get-balance');`,
    avoids: `await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
  },
  ERR_INVALID_URL: {
    provokes: `await auth.inject({ url: '/account/get-balance' });`,
    avoids: `await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
  },
  ERR_UNKNOWN_PRODUCT: {
    provokes: `await auth.inject({ url: 'https://gateway.acme.test/sms' });`,
    avoids: `const gateway = { name: 'gateway', urls: ['https://gateway.acme.test/'], schemes: ['basic'] };
const auth = new AuthInjector(credentials, { products: [gateway] });
await auth.inject({ url: 'https://gateway.acme.test/sms' });`,
  },
  ERR_HOST_NOT_ALLOWED: {
    provokes: `await auth.inject({ url: 'https://acme.test/sms/json' }, 'sms');`,
    avoids: `await auth.inject({ url: 'https://rest.nexmo.com/sms/json' }, 'sms');`,
  },
  ERR_INVALID_PARAMETER: {
    provokes: `signParams({ to: ['447700900000', '447700900001'] }, { secret: signatureSecret });`,
    avoids: `for (const to of ['447700900000', '447700900001']) {
  signParams({ to }, { secret: signatureSecret });
}`,
  },
  ERR_CREDENTIAL_PRESENT: {
    provokes: `const params = { api_key: apiKey, api_secret: apiSecret };
await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance', params });`,
    avoids: `await auth.inject({ url: 'https://rest.nexmo.com/account/get-balance' });`,
  },
  ERR_INVALID_PRODUCT: {
    provokes: `const gateway = { name: 'gateway', urls: ['gateway.acme.test'], schemes: ['basic'] };
new AuthInjector(credentials, { products: [gateway] });`,
    avoids: `const gateway = { name: 'gateway', urls: ['https://gateway.acme.test/'], schemes: ['basic'] };
new AuthInjector(credentials, { products: [gateway] });`,
  },
  ERR_SCHEME_NOT_ACCEPTED: {
    provokes: `new AuthInjector(credentials, { schemes: { voice: 'basic' } });`,
    avoids: `new AuthInjector(credentials, { schemes: { messages: 'basic' } });`,
  },
  ERR_RESPONSE_TOO_LARGE: {
    provokes: `const long = () => Promise.resolve(Response.json('x'.repeat(17 * 1024 * 1024)));
const send = createAuthFetch(auth, { fetch: long });
await (await send('https://rest.nexmo.com/sms/json')).json();`,
    avoids: `const short = () => Promise.resolve(Response.json({ messages: [{ status: '0' }] }));
const send = createAuthFetch(auth, { fetch: short });
await (await send('https://rest.nexmo.com/sms/json')).json();`,
  },
  ERR_OAUTH1_CONSUMER_REJECTED: {
    provokes: `const oauth1 = { consumerKey: 'other-key', consumerSecret };
await new OAuth1Flow(new Credentials({ oauth1 }), { endpoints }).requestToken('oob');`,
    avoids: `const oauth1 = { consumerKey, consumerSecret };
await new OAuth1Flow(new Credentials({ oauth1 }), { endpoints }).requestToken('oob');`,
  },
  ERR_OAUTH1_SIGNATURE_REJECTED: {
    provokes: `const oauth1 = { consumerKey, consumerSecret: 'other-secret' };
await new OAuth1Flow(new Credentials({ oauth1 }), { endpoints }).requestToken('oob');`,
    avoids: `const oauth1 = { consumerKey, consumerSecret };
await new OAuth1Flow(new Credentials({ oauth1 }), { endpoints }).requestToken('oob');`,
  },
  ERR_OAUTH1_TIMESTAMP_REFUSED: {
    provokes: `const anHourLate = () => Date.now() - 3_600_000;
await new OAuth1Flow(consumer, { endpoints, now: anHourLate }).requestToken('oob');`,
    avoids: `await new OAuth1Flow(consumer, { endpoints, now: Date.now }).requestToken('oob');`,
  },
  ERR_OAUTH1_TOKEN_REJECTED: {
    provokes: `const temporary = await flow.requestToken(callback);
const arrived = await decide(flow.authorizeUrl(temporary), 'approve');
await flow.accessToken(temporary, flow.verifierIn(arrived, temporary));
await flow.accessToken(temporary, flow.verifierIn(arrived, temporary));`,
    avoids: `const temporary = await flow.requestToken(callback);
const arrived = await decide(flow.authorizeUrl(temporary), 'approve');
await flow.accessToken(temporary, flow.verifierIn(arrived, temporary));`,
  },
  ERR_OAUTH1_VERIFIER_REJECTED: {
    provokes: `const temporary = await flow.requestToken(callback);
await decide(flow.authorizeUrl(temporary), 'approve');
await flow.accessToken(temporary, 'other-verifier');`,
    avoids: `const temporary = await flow.requestToken(callback);
const arrived = await decide(flow.authorizeUrl(temporary), 'approve');
await flow.accessToken(temporary, flow.verifierIn(arrived, temporary));`,
  },
  ERR_OAUTH1_DECLINED: {
    provokes: `const temporary = await flow.requestToken(callback);
const arrived = await decide(flow.authorizeUrl(temporary), 'decline');
flow.verifierIn(arrived, temporary);`,
    avoids: `const temporary = await flow.requestToken(callback);
const arrived = await decide(flow.authorizeUrl(temporary), 'approve');
flow.verifierIn(arrived, temporary);`,
  },
  ERR_OAUTH1_REFUSED: {
    provokes: `const moved = { ...endpoints, requestTokenUrl: \`\${endpoints.requestTokenUrl}/moved\` };
await new OAuth1Flow(consumer, { endpoints: moved }).requestToken('oob');`,
    avoids: `await new OAuth1Flow(consumer, { endpoints }).requestToken('oob');`,
  },
  ERR_OAUTH1_TOKEN_MISMATCH: {
    provokes: `const [alice, bob] = [await flow.requestToken(callback), await flow.requestToken(callback)];
const arrived = await decide(flow.authorizeUrl(alice), 'approve');
flow.verifierIn(arrived, bob);`,
    avoids: `const alice = await flow.requestToken(callback);
const arrived = await decide(flow.authorizeUrl(alice), 'approve');
flow.verifierIn(arrived, alice);`,
  },
  ERR_OAUTH1_ANSWER_INVALID: {
    provokes: `// Stands for a proxy that answers every request with its own page.
const proxied = { request: async () => ({ status: 200, data: '<h1>Please log in</h1>' }) };
await new OAuth1Flow(consumer, { endpoints, axios: proxied }).requestToken('oob');`,
    avoids: `await new OAuth1Flow(consumer, { endpoints, axios: axios.create() }).requestToken('oob');`,
  },
  ERR_OAUTH1_UNREACHABLE: {
    provokes: `const down = { ...endpoints, requestTokenUrl: 'http://127.0.0.1:1/request_token' };
await new OAuth1Flow(consumer, { endpoints: down }).requestToken('oob');`,
    avoids: `await new OAuth1Flow(consumer, { endpoints }).requestToken('oob');`,
  },
};
