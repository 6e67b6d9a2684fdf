import fc from 'fast-check';
import JSON5 from 'json5';
import { AuthInjector, Credentials, type NexmoAuthError } from '../../src';
import { held } from '../support/account';
import { runs } from '../support/runs';

const auth = new AuthInjector(new Credentials(held));

const credentialNames = ['api_key', 'sig', 'API-SECRET', 'oauth_token'];

const space = fc.constantFrom(
  ...['', '', '', ' ', '\n', '\t', '\u00a0', '\ufeff', '\u2028'],
  ...['/*c*/', '//c\n', '/*a=b&c*/', '//{a:1}\r\n'],
);

/** One character of a name, as JSON5 allows it. */
const writingsOf = (character: string) => {
  const hex = character.charCodeAt(0).toString(16);
  return fc.constantFrom(
    character,
    character,
    `\\u00${hex}`,
    `\\x${hex}`,
    `\\${character}`,
    `\\\n${character}`,
    `\\\r\n${character}`,
  );
};
const name = fc
  .constantFrom(...credentialNames, 'text', 'to')
  .chain((text) => fc.tuple(...Array.from(text, writingsOf)))
  .chain((characters) =>
    fc.constantFrom('"', "'", '').map((quote) => `${quote}${characters.join('')}${quote}`),
  );
const value = fc.constantFrom(
  ...['1', '"x"', "'x'", 'NaN', '0x1', '+1', '.5', '[1,]', '{a:1,}', 'null', '"a\\\nb"'],
  ...["'it\\'s'", '"&="', '"{"', "'//'", '"/*"'],
);
const member = fc
  .tuple(name, space, space, value, space)
  .map(([key, before, after, content, end]) => `${key}${before}:${after}${content}${end}`);
const text = fc
  .tuple(space, space, fc.array(member, { minLength: 1, maxLength: 4 }), space, fc.boolean())
  .map(([start, inner, members, end, comma]) =>
    [start, '{', inner, members.join(`,${inner}`), comma ? ',' : '', '}', end].join(''),
  );

function namesByJson5(source: string): string[] | undefined {
  try {
    return Object.keys(JSON5.parse<object>(source));
  } catch {
    return undefined;
  }
}

async function codeOf(request: object): Promise<string | undefined> {
  try {
    await auth.inject({ method: 'POST', url: 'https://rest.nexmo.com/sms/json', ...request });
    return undefined;
  } catch (error) {
    return (error as NexmoAuthError).code;
  }
}

test('no body is sent in which JSON5 reads a credential', async () => {
  const types = fc.constantFrom({}, 'application/json', 'application/x-www-form-urlencoded');
  let found = 0;
  await fc.assert(
    fc.asyncProperty(text, types, fc.boolean(), async (source, type, inBytes) => {
      const names = namesByJson5(source);
      if (names?.some((each) => credentialNames.includes(each)) !== true) return;
      found += 1;
      const headers = typeof type === 'string' ? { 'content-type': type } : type;
      const data = inBytes ? Buffer.from(source) : source;
      expect(await codeOf({ headers, data })).toBe('ERR_CREDENTIAL_PRESENT');
    }),
    { numRuns: runs(20_000) },
  );
  expect(found).toBeGreaterThan(runs(20_000) / 20);
});
