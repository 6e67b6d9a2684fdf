import type { CommandRow, OptionRow } from './command-row';
import {
  apiKeyOption,
  appIdOption,
  applicationOptions,
  credentialOptions,
  passphraseOption,
  signatureOptions,
  signatureSecretOptions,
} from './credential-options';
import { supportCommands } from './support-commands';

/** The options of every command. */
export const globalOptions: readonly OptionRow[] = [
  { flags: '--json', description: 'print JSON on standard output' },
  { flags: '--quiet', description: 'print no notes and no progress' },
  { flags: '--verbose', description: 'say where each credential was found' },
  { flags: '--no-color', description: 'print no colour' },
];

/** A summary of each group of commands. */
export const groups: Readonly<Record<string, string>> = {
  jwt: 'create, decode and verify application tokens',
  keys: 'generate and check keys',
  sms: 'sign and verify the parameters of an SMS',
  webhook: 'sign and verify webhooks',
};

const outOption: OptionRow = {
  flags: '--out <path>',
  description: 'write to a new file that only its owner can read, not to standard output',
};

const atOption: OptionRow = {
  flags: '--at <time>',
  description: 'check against this time, not the current one (seconds since the epoch, or a date)',
};

const schemeOption: OptionRow = {
  flags: '--scheme <scheme>',
  description: 'how to authenticate, if the product accepts more than one scheme',
  choices: ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1', 'opentok'],
};

const paramsOption: OptionRow = {
  flags: '--params <path>',
  description: 'a file with the parameters (JSON or a query string), or - for standard input',
};

const url = 'https://example.com/webhooks';

/** The commands, in the order of `--help`. */
export const commands: readonly CommandRow[] = [
  {
    name: 'jwt create',
    summary: 'create an application token and print it',
    options: [
      {
        flags: '--ttl <duration>',
        description: 'the lifetime: 3600, 90s, 15m or 1h (default: 15m)',
      },
      {
        flags: '--exp <time>',
        description: 'when the token expires (seconds since the epoch, or a date)',
      },
      { flags: '--nbf <time>', description: 'when the token becomes valid' },
      { flags: '--sub <name>', description: 'the name of the user of a client SDK' },
      {
        flags: '--acl <file>',
        description: 'the paths that the token gives access to, as a JSON file or JSON text',
      },
      {
        flags: '--acl-preset <name>',
        description: 'the paths that the guide of the Client SDK lists',
        choices: ['client-sdk'],
      },
      {
        flags: '--claim <name=value>',
        description: 'a further claim; a value that is not JSON is text (repeatable)',
        isRepeatable: true,
      },
      { flags: '--video <session>', description: 'a token for a client of this video session' },
      {
        flags: '--video-role <role>',
        description: 'the role of that client (default: publisher)',
        choices: ['publisher', 'subscriber', 'moderator', 'publisheronly'],
      },
      { flags: '--copy-header', description: 'print the whole header, ready to copy' },
      outOption,
      ...applicationOptions,
    ],
    examples: [
      ['nexmo-auth jwt create --app-id ID --private-key private.key', 'a token for 15 minutes'],
      ['nexmo-auth jwt create --ttl 1h --sub alice --acl-preset client-sdk', 'for a client SDK'],
      ['nexmo-auth jwt create --claim \'roles=["admin"]\' --out token.txt', 'into a file'],
      ['nexmo-auth jwt create --video SESSION --video-role moderator', 'for a video session'],
    ],
    load: () => import('./commands/jwt-create.ts').then(({ jwtCreate }) => jwtCreate),
  },
  {
    name: 'jwt decode',
    summary: 'show what a token contains, and why the platform would refuse it',
    details: 'Does not verify the signature.',
    arguments: [['[token]', 'the token, with or without Bearer, or - for standard input']],
    examples: [
      ['nexmo-auth jwt decode eyJ…', 'a token'],
      ['nexmo-auth jwt create | nexmo-auth jwt decode -', 'from a pipe'],
    ],
    load: () => import('./commands/jwt-decode.ts').then(({ jwtDecode }) => jwtDecode),
  },
  {
    name: 'jwt verify',
    summary: 'verify a token, and say which check failed',
    arguments: [['[token]', 'the token, with or without Bearer, or - for standard input']],
    options: [
      { flags: '--public-key <path>', description: 'the public key file, or - for standard input' },
      { flags: '--clock-tolerance <duration>', description: 'the allowed clock difference' },
      { flags: '--max-age <duration>', description: 'the maximum age since iat' },
      atOption,
      ...applicationOptions,
    ],
    examples: [
      ['nexmo-auth jwt verify eyJ… --public-key public.key', 'with a public key'],
      ['nexmo-auth jwt verify - --private-key private.key < token.txt', 'with a private key'],
    ],
    load: () => import('./commands/jwt-verify.ts').then(({ jwtVerify }) => jwtVerify),
  },
  {
    name: 'jwt:generate',
    summary: 'create a token as the old Nexmo CLI did',
    arguments: [
      ['<key>', 'the private key file', 'file'],
      ['[claims...]', 'claims as name=value; exp is in seconds since the epoch, acl is JSON'],
    ],
    examples: [
      [
        'nexmo-auth jwt:generate private.key application_id=ID sub=alice exp=$(($(date +%s)+3600))',
        'a token for one hour',
      ],
    ],
    load: () => import('./commands/jwt-generate.ts').then(({ jwtGenerate }) => jwtGenerate),
  },
  {
    name: 'keys generate',
    summary: 'generate an RSA key pair, and print the public key',
    options: [
      { flags: '--out <path>', description: 'the new private key file (default: private.key)' },
      { flags: '--public-out <path>', description: 'also write the public key to a new file' },
      { flags: '--bits <number>', description: 'the size of the key (default: 2048)' },
      passphraseOption,
    ],
    examples: [
      ['nexmo-auth keys generate', 'private.key, with the public key on standard output'],
      ['nexmo-auth keys generate --out app.key --public-out app.pub', 'both as files'],
    ],
    load: () => import('./commands/keys-generate.ts').then(({ keysGenerate }) => keysGenerate),
  },
  {
    name: 'keys check',
    summary: 'describe keys, and say whether they belong together',
    arguments: [['<files...>', 'key files, or - for standard input', 'file']],
    options: [passphraseOption],
    examples: [
      ['nexmo-auth keys check private.key', 'one key'],
      ['nexmo-auth keys check private.key public.key', 'a pair'],
    ],
    load: () => import('./commands/keys-check.ts').then(({ keysCheck }) => keysCheck),
  },
  {
    name: 'header',
    summary: 'print the header that authenticates requests to a product',
    arguments: [['<product>', 'the name of a product, or a URL']],
    options: [
      { flags: '--curl', description: 'print a configuration for curl --config -' },
      schemeOption,
      ...credentialOptions,
    ],
    examples: [
      ['nexmo-auth header voice', 'the header'],
      [
        'nexmo-auth header voice --curl | curl --config - https://api.nexmo.com/v1/calls',
        'for curl, with no secret in the process list',
      ],
    ],
    load: () => import('./commands/header.ts').then(({ header }) => header),
  },
  {
    name: 'request',
    summary: 'send a request, and print the request and the answer without secrets',
    arguments: [['<target>', 'a URL, or the name of a product']],
    options: [
      { flags: '--method <method>', description: 'the method (default: GET, or POST with a body)' },
      {
        flags: '--header <header>',
        description: 'a header, as "Name: value" (repeatable)',
        isRepeatable: true,
      },
      { flags: '--body <path>', description: 'a file with the body, or - for standard input' },
      {
        flags: '--url <url>',
        description: 'send to the same path below this URL, such as the URL of the sandbox',
      },
      { flags: '--timeout <duration>', description: 'how long to wait (default: 30s)' },
      schemeOption,
      ...credentialOptions,
    ],
    examples: [
      ['nexmo-auth request account', 'the balance'],
      ['nexmo-auth request https://api.nexmo.com/v1/calls --json', 'a URL'],
      ['nexmo-auth request voice --url http://localhost:4010', 'to the sandbox'],
    ],
    load: () => import('./commands/request.ts').then(({ request }) => request),
  },
  {
    name: 'sms sign',
    summary: 'sign the parameters of an SMS',
    arguments: [['[parameters...]', 'name=value, or one query string']],
    options: [
      paramsOption,
      { flags: '--timestamp <time>', description: 'the time of the signature (default: now)' },
      { flags: '--api-key <key>', description: 'the API key, to add as api_key' },
      ...signatureOptions,
    ],
    examples: [['nexmo-auth sms sign to=447700900000 from=Acme text=Hello', 'a query string']],
    load: () => import('./commands/sms-sign.ts').then(({ smsSign }) => smsSign),
  },
  {
    name: 'sms verify',
    summary: 'verify the signature of an SMS callback',
    arguments: [['[parameters...]', 'name=value, or one URL or query string']],
    options: [
      paramsOption,
      {
        flags: '--tolerance <duration>',
        description: 'the allowed clock difference (default: 5m)',
      },
      atOption,
      ...signatureOptions,
    ],
    examples: [
      ["nexmo-auth sms verify 'https://example.com/sms?msisdn=…&sig=…'", 'a URL'],
      ['nexmo-auth sms verify --params callback.json --at 1767225600', 'an old callback'],
    ],
    load: () => import('./commands/sms-verify.ts').then(({ smsVerify }) => smsVerify),
  },
  {
    name: 'webhook sign',
    summary: 'sign a webhook as the platform does, for tests of a receiver',
    options: [
      { flags: '--body <path>', description: 'a file with the body, or - for standard input' },
      { flags: '--url <url>', description: 'the URL of the receiver (default: /webhooks)' },
      {
        flags: '--method <method>',
        description: 'the method (default: POST)',
        choices: ['POST', 'GET'],
      },
      { flags: '--content-type <type>', description: 'the type of the body' },
      { flags: '--iat <time>', description: 'when the webhook was issued (default: now)' },
      { flags: '--jti <id>', description: 'the ID of the webhook (default: a new UUID)' },
      { flags: '--curl', description: 'print a configuration for curl --config -' },
      apiKeyOption,
      appIdOption,
      ...signatureSecretOptions,
    ],
    examples: [
      ['nexmo-auth webhook sign --body event.json', 'as raw HTTP'],
      [
        `nexmo-auth webhook sign --body event.json --url ${url} --curl | curl --config -`,
        'sent with curl',
      ],
    ],
    load: () => import('./commands/webhook-sign.ts').then(({ webhookSign }) => webhookSign),
  },
  {
    name: 'webhook verify',
    summary: 'verify a saved webhook',
    details:
      'The file is raw HTTP, a HAR entry, or JSON with method, url, headers and body. Header lines may end with LF or CRLF.',
    arguments: [['<request>', 'a file, or - for standard input', 'file']],
    options: [
      { flags: '--max-age <duration>', description: 'the maximum age (default: 5m)' },
      atOption,
      ...signatureSecretOptions,
    ],
    examples: [
      ['nexmo-auth webhook verify request.txt --at 1767225600', 'an old request'],
      ['nexmo-auth webhook sign | nexmo-auth webhook verify -', 'a new request'],
    ],
    load: () => import('./commands/webhook-verify.ts').then(({ webhookVerify }) => webhookVerify),
  },
  ...supportCommands,
  {
    name: 'completion',
    summary: 'print the script that completes this command in a shell',
    arguments: [['<shell>', 'bash, zsh or fish', ['bash', 'zsh', 'fish']]],
    examples: [
      ['eval "$(nexmo-auth completion bash)"', 'in ~/.bashrc'],
      ['nexmo-auth completion fish | source', 'in config.fish'],
    ],
    load: () =>
      import('./commands/completion.ts').then(({ completionOf }) =>
        completionOf({ commands, groups, globalOptions }),
      ),
  },
];
