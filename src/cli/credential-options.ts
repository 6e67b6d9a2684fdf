import type { OptionRow } from './command-row';

/** The values of the options below, as commands get them. */
export type CredentialFlags = {
  apiKey?: string;
  apiSecretFile?: string;
  apiSecretStdin?: boolean;
  appId?: string;
  privateKey?: string;
  passphraseFile?: string;
  signatureSecretFile?: string;
  signatureSecretStdin?: boolean;
  signatureMethod?: string;
};

export const apiKeyOption: OptionRow = {
  flags: '--api-key <key>',
  description: 'the API key of the account',
};

export const appIdOption: OptionRow = {
  flags: '--app-id <id>',
  description: 'the ID of the application',
};

export const passphraseOption: OptionRow = {
  flags: '--passphrase-file <path>',
  description: 'a file that contains the passphrase of the private key',
};

const keySecretOptions: readonly OptionRow[] = [
  apiKeyOption,
  { flags: '--api-secret-file <path>', description: 'a file that contains the API secret' },
  { flags: '--api-secret-stdin', description: 'read the API secret from standard input' },
];

export const applicationOptions: readonly OptionRow[] = [
  appIdOption,
  { flags: '--private-key <path>', description: 'the private key file, or - for standard input' },
  passphraseOption,
];

export const signatureSecretOptions: readonly OptionRow[] = [
  {
    flags: '--signature-secret-file <path>',
    description: 'a file that contains the signature secret',
  },
  {
    flags: '--signature-secret-stdin',
    description: 'read the signature secret from standard input',
  },
];

export const signatureOptions: readonly OptionRow[] = [
  ...signatureSecretOptions,
  {
    flags: '--signature-method <method>',
    description: 'the signature method of the account (default: md5hash)',
    choices: ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'],
  },
];

export const credentialOptions: readonly OptionRow[] = [
  ...keySecretOptions,
  ...applicationOptions,
  ...signatureOptions,
];

/**
 * The options that are refused, and what to use instead. These options would show a secret in the process list and in
 * the history of the shell.
 */
export const refusedOptions: Readonly<Record<string, string>> = {
  apiSecret: 'Use --api-secret-file PATH, --api-secret-stdin or the variable VONAGE_API_SECRET.',
  signatureSecret:
    'Use --signature-secret-file PATH, --signature-secret-stdin or the variable VONAGE_SIGNATURE_SECRET.',
  passphrase: 'Use --passphrase-file PATH.',
};
