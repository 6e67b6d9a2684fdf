// Cases in which vonageAuth and the official credentials differ. Prints the outcome of the named case, as JSON.
const { sign } = require('node:crypto');
const { Auth, AlgorithmTypes } = require('@vonage/auth');
const { Vonage } = require('@vonage/server-sdk');
const { SubAccounts } = require('@vonage/subaccounts');
const debug = require('debug')('app');
const { Credentials, vonageAuth } = require('nexmo-auth');

const { name, who, credentials, signatureSecret } = JSON.parse(process.env.INPUT);
const { privateKey, ...withoutKey } = credentials;
const own = new Credentials({ ...credentials, signatureSecret });
const signature = { secret: signatureSecret, algorithm: AlgorithmTypes.md5hash };

const message = {
  channel: 'sms',
  messageType: 'text',
  to: '447700900000',
  from: '447700900001',
  text: 'Hello',
};
const listCalls = (auth) => new Vonage(auth).voice.getCallsPage();
const sendMessage = (auth) => new Vonage(auth).messages.send(message);
const listSubaccounts = (auth) => new SubAccounts(auth).listSubAccounts();
const listArchives = (auth) => new Vonage(auth).video.searchArchives({});
const clientToken = async (auth) => new Vonage(auth).video.generateClientToken('session-1');
const failureOf = (promise) =>
  promise.then(
    () => 'no error',
    ({ code, message }) => code ?? message,
  );
const inOrder = async (tasks) => {
  const results = [];
  for (const task of tasks) results.push(await task());
  return results;
};

const cases = {
  '200 calls': async () => {
    for (const auth of [new Auth(credentials), vonageAuth(own)]) {
      const { voice } = new Vonage(auth);
      const list = () => voice.getCallsPage();
      await inOrder(Array(10).fill(() => Promise.all(Array.from({ length: 20 }, list))));
    }
    return 'sent';
  },
  ttl: async () => {
    const twice = (auth) => inOrder([auth.createBearerHeader, auth.createBearerHeader]);
    return {
      official: await twice(new Auth({ ...credentials, jwtOptions: { ttl: 60 } })),
      ours: await twice(vonageAuth(own, { cache: false, jwt: { ttl: 60 } })),
    };
  },
  signature: async () => {
    const statusOf = async (auth) => {
      const params = { to: message.to, from: message.from, text: 'Hi & bye' };
      const body = new URLSearchParams(await auth.createSignatureHash(params));
      const response = await fetch('https://rest.nexmo.com/sms/json', { method: 'POST', body });
      return (await response.json()).messages[0].status;
    };
    return {
      official: await statusOf(new Auth({ ...credentials, signature })),
      ours: await statusOf(vonageAuth(own)),
    };
  },
  'signature field': () =>
    inOrder([
      () => sendMessage(new Auth({ ...credentials, signature })),
      () => sendMessage(vonageAuth(own, { signature: true })),
    ]),
  spread: async () => {
    const spread = { ...vonageAuth(own), msisdn: message.from };
    await inOrder([listSubaccounts, listArchives, sendMessage].map((send) => () => send(spread)));
    return [await failureOf(clientToken(spread))];
  },
  signer: async () => {
    const signer = async (input) => sign('RSA-SHA256', input, privateKey);
    const auth = vonageAuth(new Credentials(withoutKey), { signer });
    await listCalls(auth);
    await sendMessage(auth);
    return [await failureOf(clientToken(auth))];
  },
  provider: async () => {
    const readers = [sendMessage, listSubaccounts, listArchives];
    const failures = await inOrder(
      readers.map((send) => () => failureOf(send(vonageAuth(async () => own)))),
    );
    const auth = vonageAuth(async () => own);
    await inOrder([listCalls, ...readers].map((send) => () => send(auth)));
    return failures;
  },
  missing: () => {
    const senders = [listCalls, sendMessage, listSubaccounts, listArchives];
    const getBalance = (auth) => new Vonage(auth).accounts.getBalance();
    const auth = vonageAuth(new Credentials({}));
    return inOrder([...senders, getBalance].map((send) => () => failureOf(send(auth))));
  },
  debug: async () => {
    const auth =
      who === 'ours'
        ? vonageAuth(own, { signature: true })
        : new Auth({ ...credentials, signature });
    const jwtOnly = who === 'ours' ? vonageAuth(own) : auth;
    const vonage = new Vonage(auth);
    debug('%O %o %j %s', auth, auth, auth, auth);
    debug('spread', { ...auth }, vonage.credentials, vonage);
    console.log(vonage, auth);
    console.dir(auth, { showHidden: true, getters: true, depth: null });
    await listCalls(jwtOnly);
    await sendMessage(jwtOnly);
    return 'sent';
  },
};

cases[name]().then((outcome) => console.log(JSON.stringify(outcome)));
