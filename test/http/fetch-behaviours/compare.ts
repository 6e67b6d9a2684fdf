import { AuthInjector, createAuthFetch, Credentials } from '../../../src';
import { held } from '../../support/account';
import { behaviours } from '.';
import {
  type Behaviour,
  type Laboratory,
  type LaboratoryServer,
  startLaboratoryServer,
} from './laboratory';

/** A copy of undici: the one in Node, or one from npm. */
export type Copy = Pick<Laboratory, 'fetch' | 'Request' | 'Headers' | 'FormData' | 'Response'>;

const schemes = ['basic', 'query'] as const;

/** Runs each behaviour with plain `fetch` and with a credential attached, in the header and in the query. */
export function compareWithPlain(copyName: string, copy: Copy): void {
  let server: LaboratoryServer;
  beforeAll(async () => {
    server = await startLaboratoryServer();
  });
  afterAll(() => server.close());

  async function observe(behaviour: Behaviour, sender: typeof fetch): Promise<unknown> {
    server.arrived.length = 0;
    const { origin, arrived } = server;
    return behaviour.run({ ...copy, fetch: sender, origin, arrived });
  }

  function authFetch(scheme: 'basic' | 'query'): typeof fetch {
    const products = [{ name: 'own', urls: [server.origin], schemes: [scheme] as const }];
    const auth = new AuthInjector(new Credentials(held), { products });
    return createAuthFetch(auth, { fetch: copy.fetch });
  }

  test.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))(
    '%s',
    async (_name, behaviour) => {
      const { differs: reason, differsOn = copyName } = behaviour;
      const differs = reason !== undefined && differsOn === copyName;
      const expected = await observe(behaviour, copy.fetch);
      for (const scheme of schemes) {
        const observed = await observe(behaviour, authFetch(scheme));
        if (!differs) expect(observed).toEqual(expected);
        else expect(observed).not.toEqual(expected);
      }
    },
  );
}
