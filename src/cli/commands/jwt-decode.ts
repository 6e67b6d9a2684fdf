import { decodeJwt } from '../../index';
import type { CommandContext } from '../context';
import { printResult, style, table } from '../output';
import { readToken } from '../read-token';
import { describeToken, type Row, type TokenDescription } from '../token-description';

export type JwtDecodeOptions = { token?: string };

/** Shows what a token contains, and why the platform would refuse it. Does not verify its signature. */
export async function jwtDecode({ token }: JwtDecodeOptions, io: CommandContext): Promise<void> {
  const { header, claims } = decodeJwt(await readToken(token, io));
  const description = describeToken(header, claims, Math.floor(io.now() / 1000));
  const { times, problems } = description;
  printResult(io, { header, claims, times, problems, signature: 'not verified' }, () =>
    [
      style(io, 'bold', 'Header'),
      indented(description.header),
      '',
      style(io, 'bold', 'Claims'),
      indented(description.claims),
      '',
      'The signature was not verified: use nexmo-auth jwt verify.',
      verdictText(description, io),
    ].join('\n'),
  );
}

function indented(rows: readonly Row[]): string {
  return table(rows.map(([name, text]) => [`  ${name}`, text]));
}

function verdictText({ problems, verdict }: TokenDescription, io: CommandContext): string {
  if (problems.length === 0) return style(io, 'green', verdict);
  return [style(io, 'red', verdict), ...problems.map(({ message }) => `  ${message}`)].join('\n');
}
