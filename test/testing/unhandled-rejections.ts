import { runInThisContext } from 'node:vm';

// Jest gives each test a process object of its own, which hears of no rejection.
const { process } = runInThisContext('({ process })') as { process: NodeJS.Process };

/** Fails every test of a file in which a rejection is left unhandled. */
export function refuseUnhandledRejections(): void {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  beforeAll(() => process.on('unhandledRejection', note));
  afterEach(() => {
    expect(rejections.splice(0)).toEqual([]);
  });
  afterAll(() => process.off('unhandledRejection', note));
}
