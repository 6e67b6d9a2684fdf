import type { Readable } from 'node:stream';
import { AuthInjector, Credentials } from '../../src';
import { held } from './account';

/** Destroys a stream with an error, and waits until it has closed. */
export function failStream(stream: Readable): Promise<unknown> {
  return new Promise((closed) => stream.once('close', closed).destroy(new Error('Upstream')));
}

/** An injector for `origin` whose provider answers once `waitFor` has. */
export function slowInjector(origin: string, waitFor: () => Promise<unknown>): AuthInjector {
  const provider = async () => {
    await waitFor();
    return new Credentials(held);
  };
  return new AuthInjector(provider, {
    products: [{ name: 'own', urls: [origin], schemes: ['basic'] }],
  });
}
