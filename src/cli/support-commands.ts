import type { CommandRow } from './command-row';
import { credentialOptions } from './credential-options';

/** The commands that help during development, and when the platform refuses a request. */
export const supportCommands: readonly CommandRow[] = [
  {
    name: 'doctor',
    summary: 'check your credentials, and say what is wrong',
    details:
      'Checks file permissions, the private key, every place that may have credentials, and which products are ready. With --online, sends three requests that change nothing and cost nothing. They check the account, the application, a token, the clock, and whether the private key belongs to the application. The exit code is 1 if a check failed.',
    options: [
      ...credentialOptions,
      { flags: '--online', description: 'also ask the platform' },
      {
        flags: '--url <url>',
        description: 'send the requests below this URL, such as the URL of the sandbox',
      },
    ],
    examples: [
      ['nexmo-auth doctor', 'check what is on this machine'],
      ['nexmo-auth doctor --online', 'also ask the platform'],
      ['nexmo-auth doctor --online --json | jq .status', 'in a CI job'],
    ],
    load: () => import('./commands/doctor.ts').then(({ doctor }) => doctor),
  },
  {
    name: 'explain',
    summary: 'say what an error code or an answer of the platform means',
    arguments: [
      [
        '<code>',
        'an error code of this package, a status of SMS or Verify, an HTTP status, a type of the platform, or - to read an answer from standard input',
      ],
    ],
    options: [
      {
        flags: '--product <name>',
        description: 'the product that the status is from',
        choices: ['sms', 'verify'],
      },
    ],
    examples: [
      ['nexmo-auth explain ERR_JWT_EXPIRED', 'an error code of this package'],
      ['nexmo-auth explain 14 --product sms', 'a status of SMS'],
      ['curl -i https://api.nexmo.com/v1/calls | nexmo-auth explain -', 'an answer'],
    ],
    load: () => import('./commands/explain.ts').then(({ explain }) => explain),
  },
  {
    name: 'sandbox',
    summary: 'run a local Nexmo that checks credentials and sends callbacks',
    details:
      'Needs no account and costs nothing. Prints each request as it arrives, without its query and body. Stop it with Ctrl-C.',
    options: [
      { flags: '--port <port>', description: 'the port of 127.0.0.1 (default: 4010)' },
      {
        flags: '--credentials <path>',
        description:
          'a file with the credentials to accept; if it does not exist, it is created with new credentials',
      },
      { flags: '--webhook <url>', description: 'where to send callbacks' },
      ...credentialOptions,
    ],
    examples: [
      [
        'nexmo-auth sandbox --credentials sandbox.json',
        'accept the credentials of sandbox.json, or create that file',
      ],
      [
        'nexmo-auth sandbox --credentials sandbox.json --webhook http://127.0.0.1:3000/webhooks',
        'send callbacks when you press i, d or m',
      ],
    ],
    load: () => import('./commands/sandbox.ts').then(({ sandbox }) => sandbox),
  },
  {
    name: 'sandbox send',
    summary: 'send a signed callback to your webhook',
    details:
      'Also takes --credentials, --webhook and the credential options of the command sandbox.',
    arguments: [
      [
        '<kind>',
        'inbound-sms, dlr (a delivery receipt) or message (Messages API)',
        ['inbound-sms', 'dlr', 'message'],
      ],
    ],
    options: [
      { flags: '--from <sender>', description: 'the sender of the message' },
      { flags: '--to <number>', description: 'the recipient of the message' },
      { flags: '--text <text>', description: 'the text of the message' },
      { flags: '--status <status>', description: 'the status of a receipt (default: delivered)' },
      {
        flags: '--as <format>',
        description: 'how inbound SMS and receipts are sent (default: query)',
        choices: ['query', 'form', 'json'],
      },
      { flags: '--attempts <number>', description: 'the maximum number of attempts (default: 1)' },
    ],
    examples: [
      [
        'nexmo-auth sandbox send inbound-sms --text Hi --credentials sandbox.json --webhook http://127.0.0.1:3000/sms',
        'an inbound SMS',
      ],
    ],
    load: () => import('./commands/sandbox-send.ts').then(({ sandboxSend }) => sandboxSend),
  },
];
