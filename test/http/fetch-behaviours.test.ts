import * as undici from 'undici';
import { AuthInjector, createAuthFetch, Credentials } from '../../src';
import { held } from '../support/account';
import { behaviours } from './fetch-behaviours';
import {
  type Behaviour,
  type Laboratory,
  type LaboratoryServer,
  startLaboratoryServer,
} from './fetch-behaviours/laboratory';

type Copy = Pick<Laboratory, 'fetch' | 'Request' | 'Headers' | 'FormData' | 'Response'>;

const copies: readonly [string, Copy][] = [
  ["Node's fetch", { fetch, Request, Headers, FormData, Response }],
  ['undici 7', undici as unknown as Copy],
];
const schemes = ['basic', 'query'] as const;

let server: LaboratoryServer;
beforeAll(async () => {
  server = await startLaboratoryServer();
});
afterAll(() => server.close());

async function observe(behaviour: Behaviour, copy: Copy): Promise<unknown> {
  server.arrived.length = 0;
  return behaviour.run({ ...copy, origin: server.origin, arrived: server.arrived });
}

function authenticated(copy: Copy, scheme: 'basic' | 'query'): Copy {
  const products = [{ name: 'own', urls: [server.origin], schemes: [scheme] as const }];
  const auth = new AuthInjector(new Credentials(held), { products });
  return { ...copy, fetch: createAuthFetch(auth, { fetch: copy.fetch }) };
}

describe.each(copies)(
  'createAuthFetch on %s behaves as without a credential:',
  (copyName, copy) => {
    test.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))(
      '%s',
      async (_behaviour, behaviour) => {
        const expected = await observe(behaviour, copy);
        const { differs: reason, differsOn = copyName } = behaviour;
        const differs = reason !== undefined && differsOn === copyName;
        for (const scheme of schemes) {
          const observed = await observe(behaviour, authenticated(copy, scheme));
          if (!differs) expect(observed).toEqual(expected);
          else expect(observed).not.toEqual(expected);
        }
      },
    );
  },
);

test('the table has at least 200 behaviours, each with a name of its own', () => {
  const names = new Set(behaviours.map(({ name }) => name));
  expect(names.size).toBe(behaviours.length);
  expect(names.size).toBeGreaterThanOrEqual(200);
});
