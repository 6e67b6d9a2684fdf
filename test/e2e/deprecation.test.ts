import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

describe("Node's own switch for deprecation warnings", () => {
  const program = `
    const { AuthInjector, Credentials } = require('./dist');
    const auth = new AuthInjector(new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' }));
    process.noDeprecation ||= process.argv.includes('quiet');
    auth.inject({ url: 'https://api.nexmo.com/ni/basic/json' }).then(() => auth.inject({ url: 'https://api.nexmo.com/verify/json' }));`;
  const stderrWith = async (options: string[], args: string[] = []) =>
    (await promisify(execFile)(process.execPath, [...options, '-e', program, ...args])).stderr;

  test('is not set: the warnings about Number Insight and Verify are on stderr', async () => {
    const text = await stderrWith([]);
    expect(text).toContain('[NEXMO_AUTH_DEP_NUMBER_INSIGHT] DeprecationWarning: ');
    expect(text).toContain('[NEXMO_AUTH_DEP_VERIFY] DeprecationWarning: ');
  });

  test.each<[string, string[], string[]]>([
    ['--no-deprecation', ['--no-deprecation'], []],
    ['--no-warnings', ['--no-warnings'], []],
    ['process.noDeprecation', [], ['quiet']],
  ])('silences both warnings: %s', async (_name, options, args) => {
    expect(await stderrWith(options, args)).toBe('');
  });
});
