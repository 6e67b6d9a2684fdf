import { AuthInjector, Credentials, type Scheme } from '../../src';
import { products } from '../../src/injector/products';
import { keyText } from '../support/keys';
import official from './official-sdk-requests.json';

const auth = new AuthInjector(
  new Credentials({
    apiKey: 'abcd1234',
    apiSecret: 'ABCDEFGH01234abc',
    applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
    privateKey: keyText('rsa-pkcs8'),
  }),
);

/** The schemes of this package by the kinds of credential in official-sdk-requests.json. */
const schemesOf: Record<string, Scheme[]> = {
  params: ['query', 'body'],
  basic: ['basic'],
  bearer: ['bearer'],
  signature: ['signature'],
};

const requests = official.groups.flatMap(({ kinds, sources, requests: lines }) =>
  lines.map((line) => {
    const [method = '', url = ''] = line.split(' ');
    return { method, url, kinds, sdks: Object.keys(sources).join(', ') };
  }),
);
const isOurs = ({ kinds }: { kinds: string[] }) => kinds.some((kind) => kind in schemesOf);

test('official-sdk-requests.json lists every request once, with a file of each SDK that sends it', () => {
  const lines = requests.map(({ method, url }) => `${method} ${url}`);
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.length).toBeGreaterThan(300);
  for (const { sources } of official.groups) {
    expect(Object.keys(official.sdks)).toEqual(expect.arrayContaining(Object.keys(sources)));
  }
});

test.each(requests.filter(isOurs))(
  '$method $url of $sdks finds its product, which takes one of: $kinds',
  async ({ url, kinds }) => {
    const product = products.find(({ name }) => name === auth.productAt(url));
    const accepted = kinds.flatMap((kind) => schemesOf[kind] ?? []);
    const scheme = product?.schemes.find((each) => accepted.includes(each));
    expect(scheme).toBeDefined();
    expect(await auth.inject({ url })).toMatchObject({ url });
  },
);

test.each(requests.filter(({ kinds }) => kinds.includes('camara')))(
  '$method $url of $sdks, which needs a token of another kind, gets no credential',
  ({ url }) => {
    expect(auth.productAt(url)).toBeUndefined();
  },
);
