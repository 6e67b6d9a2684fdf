import { AuthInjector, Credentials } from '../../../src';
import { applicationId, held } from '../../support/account';
import { readPage } from '../../support/documentation';
import { keyText } from '../../support/keys';
import { type OldCall, requestsOf } from '../../support/old-nexmo';

const page = readPage('docs/migrate-from-nexmo.md');
const account = { ...held, applicationId, privateKey: keyText('rsa-pkcs8') };
const auth = new AuthInjector(new Credentials(account));

const calls: OldCall[] = [
  ['message.sendSms', 'Acme', '447700900000', 'Hello'],
  ['message.search', 'ID'],
  ['verify.request', { number: '447700900000', brand: 'Acme' }],
  ['numberInsight.get', { number: '447700900000' }],
  ['calls.create', {}],
  ['files.get', 'ID'],
  ['media.get', 'ID'],
  ['applications.get', 'ID'],
  ['account.topUp', 'ID'],
  ['account.listSecrets', 'KEY'],
  ['number.get', {}],
  ['number.buy', 'GB', '447700900000'],
  ['pricing.get', 'sms', 'GB'],
  ['conversion.sms', 'ID', true, 1],
  ['redact.transaction', 'ID', 'sms', {}],
];

/** The request of an old call, how it authenticates, and how this package authenticates it. */
async function compare(call: OldCall) {
  const [request] = requestsOf([call], account);
  const { method = 'GET', host, path, headers } = request ?? {};
  const address = `${String(host)}${String(path?.split('?')[0])}`;
  const { Authorization = 'Query' } = { ...(headers as Record<string, string>) };
  const [scheme = ''] = Authorization.split(' ');
  const attempt = await auth.attempt({ url: `https://${address}` });
  return { request: `${method} ${address}`, old: scheme.toLowerCase(), attempt };
}

test.each(calls.map((call) => ({ name: call[0], call })))(
  'docs/migrate-from-nexmo.md lists $name',
  async ({ name, call }) => {
    const { request, attempt } = await compare(call);
    const row = [name, request, attempt.product].map((cell) => `\`${cell}\``).join(' | ');
    expect(page.replace(/ +/g, ' ')).toContain(`| ${row} |`);
  },
);

test('docs/migrate-from-nexmo.md lists no call that this file does not test', () => {
  const rows = [...page.matchAll(/^\| `(\w+\.\w+)` /gm)].map(([, name]) => name);
  expect(rows).toEqual(calls.map(([name]) => name));
});

test('only redact authenticates in another way than before', async () => {
  const compared = await Promise.all(calls.map(compare));
  const changed = compared.filter(({ old, attempt }) => old !== attempt.scheme);
  expect(changed.map(({ old, attempt }) => [attempt.product, old, attempt.scheme])).toEqual([
    ['redact', 'query', 'basic'],
  ]);
});
