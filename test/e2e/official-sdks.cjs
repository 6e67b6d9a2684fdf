// Calls the platform through an official SDK, with the official credentials and with vonageAuth. The option
// appendUserAgent marks whose request it is. Prints what the calls return, as JSON.
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Auth } = require('@vonage/auth');
const { SubAccounts } = require('@vonage/subaccounts');
const { AuthInjector, Credentials, vonageAuth } = require('nexmo-auth');

const { sdk, credentials } = JSON.parse(process.env.INPUT);
const { Vonage } = require(sdk);

const to = '447700900000';
const from = '447700900001';
const id = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const expireTime = Math.ceil(Date.now() / 1000) + 3600;
const recording = join(tmpdir(), `nexmo-auth-recording-${process.pid}`);

const calls = {
  sms: ({ sms }) => sms.send({ to, from, text: 'Hi & bye' }),
  call: ({ voice }) =>
    voice.createOutboundCall({
      to: [{ type: 'phone', number: to }],
      from: { type: 'phone', number: from },
      ncco: [{ action: 'talk', text: 'Hello' }],
    }),
  recording: ({ voice }) => voice.downloadRecording(id, recording),
  'number insight': ({ numberInsights }) => numberInsights.basicLookup(to),
  message: ({ messages }) =>
    messages.send({ channel: 'sms', messageType: 'text', to, from, text: 'Hello' }),
  verify: ({ verify }) => verify.start({ number: to, brand: 'Acme' }),
  'verify v2': ({ verify2 }) =>
    verify2?.newRequest({ brand: 'Acme', workflow: [{ channel: 'sms', to }] }),
  applications: ({ applications }) => applications.getApplicationPage({ page: 1 }),
  numbers: ({ numbers }) => numbers.getOwnedNumbers({ size: 1 }),
  balance: ({ accounts }) => accounts.getBalance(),
  secrets: ({ secrets }) => secrets.listSecrets(credentials.apiKey),
  pricing: ({ pricing }) => pricing.listCountryPricing('sms', 'GB'),
  users: ({ users }) => users?.getUserPage(),
  conversations: ({ conversations }) => conversations?.getConversationPage({}),
  redact: ({ redact }) => redact?.redactMessage({ id, product: 'sms', type: 'outbound' }),
  reports: ({ reports }) =>
    reports?.getRecords({ accountId: credentials.apiKey, product: 'SMS', direction: 'outbound' }),
  subaccounts: (_vonage, auth, options) => new SubAccounts(auth, options).listSubAccounts(),
  'video session': ({ video }) => video?.createSession({}),
  'video archives': ({ video }) => video?.searchArchives({}),
  'video client token': ({ video }) => video?.generateClientToken('session-1', { expireTime }),
};

const own = new Credentials(credentials);
const contestants = {
  official: new Auth(credentials),
  ours: vonageAuth(own),
  injector: vonageAuth(new AuthInjector(own)),
  extended: Object.assign(vonageAuth(own), { msisdn: from }),
  provider: vonageAuth(() => own),
};

(async () => {
  await contestants.provider.createBearerHeader();
  const results = {};
  for (const [who, auth] of Object.entries(contestants)) {
    const options = { appendUserAgent: who };
    const vonage = new Vonage(auth, options);
    results[who] = {};
    for (const [name, call] of Object.entries(calls)) {
      try {
        results[who][name] = (await call(vonage, auth, options)) ?? null;
      } catch (error) {
        results[who][name] = `failed: ${error.message}`;
      }
    }
  }
  console.log(JSON.stringify(results));
})();
