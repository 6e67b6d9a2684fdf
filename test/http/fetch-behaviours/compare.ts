import { AuthInjector, createAuthFetch, Credentials } from '../../../src';
import { isPlainObject } from '../../../src/readers/brands';
import { held } from '../../support/account';
import { behaviours } from '.';
import { type Behaviour, type World, type BehaviourServer, startBehaviourServer } from './server';

/** A copy of undici: the one in Node, or one from npm. */
export type Copy = Pick<World, 'fetch' | 'Request' | 'Headers' | 'FormData' | 'Response'>;

const schemes = ['basic', 'query'] as const;

/** Runs each behaviour with plain `fetch`, with a credential in the header, and with a credential in the query. */
export function compareWithPlain(copyName: string, copy: Copy): void {
  const columns: readonly FetchFor[] = [
    () => copy.fetch,
    ...schemes.map(
      (scheme): FetchFor =>
        (origin) =>
          authFetch(origin, scheme, copy.fetch),
    ),
  ];
  let servers: BehaviourServer[];
  beforeAll(async () => {
    servers = await Promise.all(columns.map(startBehaviourServer));
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  const doesDiffer = ({ differs, differsOn = copyName }: Behaviour) =>
    differs !== undefined && differsOn === copyName;
  const sentences = behaviours.map(
    (each) => [each.name, doesDiffer(each) ? 'differs' : 'is unchanged', each] as const,
  );

  test.each(sentences)('%s %s', async (_name, _verb, behaviour) => {
    const { isLate = false } = behaviour;
    const own = isLate ? await Promise.all(columns.map(startBehaviourServer)) : [];
    const [plain, ...authenticated] = await Promise.all(
      columns.map(async (fetchFor, column) => {
        const [server] = (isLate ? own : servers).slice(column);
        return server && observe(behaviour, copy, server, fetchFor);
      }),
    );
    await Promise.all(own.map((server) => server.close()));
    for (const observed of authenticated) {
      if (doesDiffer(behaviour)) expect(observed).not.toEqual(plain);
      else expect(observed).toEqual(plain);
    }
  });
}

type FetchFor = (origin: string) => typeof fetch;

async function observe(
  behaviour: Behaviour,
  copy: Copy,
  { origin, arrived }: BehaviourServer,
  fetchFor: FetchFor,
): Promise<unknown> {
  arrived.length = 0;
  const observed = await behaviour.run({ ...copy, fetch: fetchFor(origin), origin, arrived });
  return withoutOrigin(observed, new URL(origin).host);
}

function authFetch(origin: string, scheme: 'basic' | 'query', send: typeof fetch): typeof fetch {
  const products = [{ name: 'own', urls: [origin], schemes: [scheme] as const }];
  const auth = new AuthInjector(new Credentials(held), { products });
  return createAuthFetch(auth, { fetch: send });
}

function withoutOrigin(value: unknown, host: string): unknown {
  if (typeof value === 'string') return value.replaceAll(host, 'server.test');
  if (Array.isArray(value)) return value.map((item) => withoutOrigin(item, host));
  if (!isPlainObject(value)) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutOrigin(item, host)]));
}
