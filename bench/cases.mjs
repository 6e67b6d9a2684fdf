// What users pay for at each request and each start: one row for each case of `--against`.
import { createHash, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import axios from 'axios';
import jsonwebtoken from 'jsonwebtoken';
import {
  apiKey,
  apiSecret,
  applicationId,
  everything,
  privateKey,
  signatureSecret,
} from './account.mjs';
import { runConcurrently } from './concurrency.mjs';

const params = { from: 'Nexmo', to: '447700900000', text: 'Hello from Nexmo' };
const smsUrl = 'https://rest.nexmo.com/sms/json';

/** The cases by name. Each function gets the built package and the origin of a server, and returns the task to measure. */
export const cases = {
  'new Credentials': ({ nexmoAuth }) => {
    const fields = { apiKey, apiSecret, signatureSecret };
    return () => new nexmoAuth.Credentials(fields);
  },
  'new AuthInjector': ({ nexmoAuth }) => {
    const credentials = new nexmoAuth.Credentials(everything);
    return () => new nexmoAuth.AuthInjector(credentials);
  },
  generate: ({ nexmoAuth }) => {
    const jwt = new nexmoAuth.JwtGenerator(new nexmoAuth.Credentials(everything));
    return () => jwt.generate();
  },
  'token, cached': ({ nexmoAuth }) => {
    const jwt = new nexmoAuth.JwtGenerator(new nexmoAuth.Credentials(everything));
    return () => jwt.token();
  },
  decodeJwt: ({ nexmoAuth }) => {
    const token = nexmoAuth.generateJwt(applicationId, privateKey);
    return () => nexmoAuth.decodeJwt(token);
  },
  'inject, query': injecting('query'),
  'inject, basic': injecting('basic'),
  'inject, signature': injecting('signature'),
  'inject, bearer': ({ nexmoAuth }) => {
    const auth = new nexmoAuth.AuthInjector(new nexmoAuth.Credentials(everything));
    const request = { method: 'POST', url: 'https://api.nexmo.com/v1/calls', data: { to: [] } };
    return () => auth.inject(request);
  },
  'inject, a new URL each time': ({ nexmoAuth }) => {
    const auth = new nexmoAuth.AuthInjector(new nexmoAuth.Credentials(everything));
    let count = 0;
    return () => auth.inject({ url: `https://api.nexmo.com/v1/calls/${(count += 1)}` });
  },
  'createAuthFetch, basic': fetching('basic'),
  'createAuthFetch, query': fetching('query'),
  'attachAuth, basic': sendingByAxios('basic'),
  'attachAuth, query': sendingByAxios('query'),
  'verify a webhook': ({ nexmoAuth }) => {
    const body = JSON.stringify({ ...params, message_uuid: applicationId });
    const token = signedWebhook(body);
    const verifier = new nexmoAuth.WebhookVerifier({ secrets: signatureSecret, maxAge: 86_400 });
    const request = {
      method: 'POST',
      url: '/webhooks/inbound',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      rawBody: Buffer.from(body),
    };
    return () => verifier.verify(request);
  },
  'verify SMS parameters': ({ nexmoAuth }) => {
    const signed = nexmoAuth.signParams(params, { secret: signatureSecret });
    return () => nexmoAuth.verifyParams(signed, { secret: signatureSecret });
  },
};

/** The cases that are whole processes, by name. Each function gets the path of the package and returns the code to run. */
export const processes = {
  'load the package': (root) => `require(${JSON.stringify(root)})`,
  'first bearer header': (root) =>
    `const { JwtGenerator, Credentials } = require(${JSON.stringify(root)});
     new JwtGenerator(new Credentials(${JSON.stringify({ applicationId, privateKey })})).generate()`,
  'first request with key and secret': (root) =>
    `const { AuthInjector, Credentials } = require(${JSON.stringify(root)});
     new AuthInjector(new Credentials(${JSON.stringify({ apiKey, apiSecret })}))
       .inject({ url: ${JSON.stringify(smsUrl)} })`,
};

function injecting(scheme) {
  return ({ nexmoAuth }) => {
    const auth = new nexmoAuth.AuthInjector(new nexmoAuth.Credentials(everything), {
      schemes: { sms: scheme },
    });
    return () => auth.inject({ method: 'GET', url: smsUrl, params });
  };
}

const inFlight = 16;

/** An injector of the given build for which all URLs of the origin belong to one product. */
export function localInjector({ nexmoAuth, origin }, scheme, fields = {}) {
  const product = { name: 'local', urls: [`${origin}/`], schemes: [scheme], ...fields };
  return new nexmoAuth.AuthInjector(new nexmoAuth.Credentials(everything), { products: [product] });
}

function fetching(scheme) {
  return (context) => {
    const authFetch = context.nexmoAuth.createAuthFetch(localInjector(context, scheme));
    const send = async () => (await authFetch(`${context.origin}/ni/basic/json`)).text();
    return () => runConcurrently(inFlight, inFlight, send);
  };
}

function sendingByAxios(scheme) {
  return (context) => {
    const http = axios.create({ httpAgent: new Agent({ keepAlive: true }) });
    context.nexmoAuth.attachAuth(http, localInjector(context, scheme));
    return () =>
      runConcurrently(inFlight, inFlight, () => http.get(`${context.origin}/ni/basic/json`));
  };
}

function signedWebhook(body) {
  const payload_hash = createHash('sha256').update(body).digest('hex');
  const claims = { iss: 'Vonage', jti: randomUUID(), api_key: apiKey, payload_hash };
  return jsonwebtoken.sign(claims, signatureSecret, { algorithm: 'HS256' });
}
