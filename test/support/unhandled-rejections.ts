import { runInThisContext } from 'node:vm';

// Jest gives each test file its own process object, which emits no unhandledRejection.
const { process } = runInThisContext('({ process })') as { process: NodeJS.Process };

/** In the file that calls this, fails each test during which a rejection is unhandled. */
export function failOnUnhandledRejections(): void {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  beforeAll(() => process.on('unhandledRejection', note));
  afterEach(() => {
    expect(rejections.splice(0)).toEqual([]);
  });
  afterAll(() => process.off('unhandledRejection', note));
}
