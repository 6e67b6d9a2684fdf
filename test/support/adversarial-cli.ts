import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseBase } from '../../src/cli/base-url';
import { keyFormat, keySourceOf } from '../../src/cli/doctor/key-file';
import { readResponse } from '../../src/cli/explain/saved-response';
import { meaningsOfResponse } from '../../src/cli/explain/meanings';
import type { CommandContext } from '../../src/cli/context';
import type { FoundCredentials } from '../../src/cli/find-credentials';
import { printError } from '../../src/cli/output';
import { parseJsonObject, parsePairs } from '../../src/cli/parse-values';
import { readParameters } from '../../src/cli/read-parameters';
import { readToken } from '../../src/cli/read-token';
import { redactorOf } from '../../src/cli/redactor';
import { isNoPath } from '../../src/cli/require-path';
import { parseSavedRequest } from '../../src/cli/saved-request';
import { fill, numbered, row, type Row } from './adversarial-row';

const folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-linear-cli-'));
const io = {
  stdin: new PassThrough(),
  stderr: { write: () => true },
  env: {},
} as unknown as CommandContext;

const saved = (make: (size: number) => string) =>
  row((size) => Buffer.from(make(size)), parseSavedRequest);
const sms = (make: (size: number) => string) =>
  row(make, (text) => readParameters({ parameters: [text, 'a=b&c'].slice(0, 1) }, io));
const redact = redactorOf(['ABCDEFGH01234abc', 'YWJjZDEyMzQ6QUJDREVGR0gwMTIzNGFiYw==']);

/** The parsers of the command-line tool, each with its slowest inputs. */
export const cliRows: Record<string, Row<unknown>> = {
  'saved request: white space in a header': saved(
    (size) => `GET / HTTP/1.1\na: b${fill(' ', size)}c\n\n`,
  ),
  'saved request: tabs before the value of a header': saved(
    (size) => `GET / HTTP/1.1\na:${fill('\t', size)}c\n\n`,
  ),
  'saved request: line breaks': saved((size) => `GET / HTTP/1.1\na: b${fill('\r', size)}\n`),
  'saved request: headers': saved(
    (size) => `GET / HTTP/1.1\n${numbered(size, (index) => `a${index}:\n`)}\n`,
  ),
  'saved request: JSON with names': saved(
    (size) => `{"headers":{${numbered(size, (index) => `"a${index}":"",`)}"b":""},"body":""}`,
  ),
  'parameters: number signs in a query': sms((size) => `a=1&b=${fill('#', size)}\nx`),
  'parameters: number signs in a URL': sms((size) => `https://a/?b=${fill('#', size)}\nx`),
  'parameters: question marks in a URL': sms((size) => `https://a/${fill('?', size)}\nx`),
  'parameters: names': sms((size) => numbered(size, (index) => `a${index}=&`)),
  'name=value: equals signs': row(
    (size) => [`a=${fill('=', size)}\n`],
    (pairs) => parsePairs(pairs, 'A parameter'),
  ),
  'JSON: levels': row(
    (size) => `{"a":${fill('[', size / 2)}${fill(']', size / 2)}}`,
    (text) => parseJsonObject(text, 'The file'),
  ),
  'JSON: escapes': row(
    (size) => `{"a":"${fill('\\"', size)}"}`,
    (text) => parseJsonObject(text, 'The file'),
  ),
  'error: white space': row(
    (size) => `a${fill(' ', size)}b`,
    (text) => {
      printError(io, 'ERR_USAGE', text);
    },
  ),
  'base URL: slashes': row((size) => `http://127.0.0.1/${fill('/', size)}a`, parseBase),
  'token: white space': row(
    (size) => `authorization:${fill(' ', size)}a`,
    (text) => readToken(text, io),
  ),
  'key in an INI file: white space': row(
    (size) => {
      const path = join(folder, String(size));
      writeFileSync(path, `private-key = "-----BEGIN${fill(' ', size)}-----END"`);
      return path;
    },
    (path) => keySourceOf({ sources: { privateKey: path } } as FoundCredentials, {}, io),
  ),
  'format of a key: its label': row((size) => fill('-----BEGIN PRIVATE KEY', size), keyFormat),
  'path: base64': row((size) => fill('MII/aB0', size), isNoPath),
  'path: a list': row((size) => `[${fill('a', size)}`, isNoPath),
  'path: a token': row((size) => `Bearer ${fill(' ', size)}`, isNoPath),
  'path: a named secret': row((size) => fill('secret ', size), isNoPath),
  'path: quotes after a secret': row((size) => `secret${fill('"', size)}`, isNoPath),
  'answer: heads': row((size) => fill('HTTP/1.1 200 OK\n', size), readResponse),
  'answer: white space after a status': row(
    (size) => `{"status"${fill(' ', size)}`,
    meaningsOfResponse,
  ),
  'redactor: percent signs': row((size) => fill('%25', size), redact),
  'redactor: escapes of JSON': row((size) => fill('\\', size), redact),
  'redactor: ampersands': row((size) => fill('&amp;', size), redact),
  'redactor: zeros in braces': row((size) => `\\u{${fill('0', size)}`, redact),
  'redactor: braces': row((size) => fill('\\u{0', size), redact),
  'redactor: names of HTML': row((size) => fill('&lpar', size), redact),
  'redactor: all escapes': row((size) => fill('%26amp;%5Cu0025&#37;', size), redact),
  'redactor: the beginning of a secret': row((size) => fill('ABCDEFGH01234ab', size), redact),
  'redactor: secrets': row((size) => fill('ABCDEFGH01234abc', size), redact),
};
