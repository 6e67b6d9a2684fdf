import { type Acl, decodeJwt, JwtGenerator, type JwtOptions, type VideoRole } from '../../index';
import { usageError } from '../cli-error';
import type { CommandContext } from '../context';
import type { CredentialFlags } from '../credential-options';
import { requireCredentials } from '../find-credentials';
import { printNote, printResult } from '../output';
import {
  parseDuration,
  parseJsonOrText,
  parseOptional,
  parsePairs,
  parseTime,
} from '../parse-values';
import { readJsonObject } from '../read-json';
import { relativeTime } from '../time-words';
import { writeSecretFile } from '../write-file';

export type JwtCreateOptions = CredentialFlags & {
  ttl?: string;
  exp?: string;
  nbf?: string;
  sub?: string;
  acl?: string;
  aclPreset?: string;
  claim: string[];
  video?: string;
  videoRole?: string;
  copyHeader?: boolean;
  out?: string;
};

/** The paths that the guide of the Client SDK lists. */
const clientSdkPaths = [
  'users',
  'conversations',
  'sessions',
  'devices',
  'image',
  'media',
  'applications',
  'push',
  'knocking',
  'legs',
].map((name) => `/*/${name}/**`);

const clientSdkAcl: Acl = { paths: Object.fromEntries(clientSdkPaths.map((path) => [path, {}])) };

/** Creates an application token, or a token for a client of a video session. */
export async function jwtCreate(options: JwtCreateOptions, io: CommandContext): Promise<void> {
  const prepare = options.video === undefined ? prepareApplicationToken : prepareVideoToken;
  const generate = await prepare(options, io);
  const credentials = await requireCredentials(options, io, ['applicationId', 'privateKey']);
  printToken(generate(new JwtGenerator(credentials, { now: io.now })), options, io);
}

/** Prints a token, or writes it to a file. */
export function printToken(
  token: string,
  { copyHeader = false, out }: Pick<JwtCreateOptions, 'copyHeader' | 'out'>,
  io: CommandContext,
): void {
  const text = copyHeader ? `Authorization: Bearer ${token}` : token;
  if (out === undefined) {
    printResult(io, { token, claims: decodeJwt(token).claims }, () => text);
    return;
  }
  const exp = Number(decodeJwt(token).claims['exp']);
  const file = writeSecretFile(out, '--out', `${text}\n`, io);
  printNote(
    io,
    `The token was written to ${file}. It expires ${relativeTime(exp, Math.floor(io.now() / 1000))}.`,
  );
  if (io.json) printResult(io, { file, claims: decodeJwt(token).claims }, String);
}

type Generate = (generator: JwtGenerator) => string;

async function prepareApplicationToken(
  options: JwtCreateOptions,
  io: CommandContext,
): Promise<Generate> {
  if (options.videoRole !== undefined) throw usageError('--video-role needs --video.');
  const claims = parsePairs(options.claim, '--claim').map(([name, value]) => [
    name,
    parseJsonOrText(value),
  ]);
  const jwtOptions: JwtOptions = {
    ...lifetime(options),
    nbf: parseOptional(options.nbf, '--nbf', parseTime),
    sub: options.sub,
    acl: await readAcl(options, io),
    claims: Object.fromEntries(claims) as object,
  };
  return (generator) => generator.generate(jwtOptions);
}

const notForVideo = ['nbf', 'sub', 'acl', 'aclPreset', 'claim'] as const;

/** Refuses the options in `notForVideo`, because the Video API prescribes the claims of a video token. */
async function prepareVideoToken(options: JwtCreateOptions): Promise<Generate> {
  const name = notForVideo.find((each) => (options[each] ?? []).length > 0);
  if (name !== undefined) {
    const flag = name === 'aclPreset' ? 'acl-preset' : name;
    throw usageError(`--${flag} cannot be combined with --video, which sets this claim.`);
  }
  const session = {
    ...lifetime(options),
    sessionId: String(options.video),
    role: options.videoRole as VideoRole | undefined,
  };
  return Promise.resolve((generator: JwtGenerator) => generator.generateVideoToken(session));
}

function lifetime({ ttl, exp }: JwtCreateOptions): Pick<JwtOptions, 'ttl' | 'exp'> {
  if (ttl !== undefined && exp !== undefined) throw usageError('Use --ttl or --exp, not both.');
  return {
    ttl: parseOptional(ttl, '--ttl', parseDuration),
    exp: parseOptional(exp, '--exp', parseTime),
  };
}

async function readAcl(
  { acl, aclPreset }: JwtCreateOptions,
  io: CommandContext,
): Promise<Acl | undefined> {
  if (acl !== undefined && aclPreset !== undefined) {
    throw usageError('Use --acl or --acl-preset, not both.');
  }
  if (aclPreset !== undefined) return clientSdkAcl;
  return acl === undefined ? undefined : ((await readJsonObject(acl, '--acl', io)) as Acl);
}
