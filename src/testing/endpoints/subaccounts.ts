import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import {
  created,
  type Endpoint,
  type EndpointArgs,
  lastSegment,
  link,
  noContent,
} from './endpoint';

/** The API key in `/accounts/{api_key}/…`. Any key is accepted, as if the credential belonged to a primary account. */
const accountOf = ({ path }: EndpointArgs) => path.split('/')[2];

const secret = (path: string, id: string) => ({
  _links: link(`${path}/${id}`),
  id,
  created_at: '2020-01-01T14:00:00Z',
});

/** To change which credentials the sandbox accepts, call `sandbox.change`. These endpoints do not change them. */
export const secrets: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/secrets$/,
    required: [],
    respond: ({ path }) =>
      ok({ _links: link(path), _embedded: { secrets: [secret(path, randomUUID())] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/secrets$/,
    required: ['secret'],
    respond: ({ path }) => created(secret(path, randomUUID())),
  },
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/secrets\/[\w-]+$/,
    required: [],
    respond: ({ path }) => ok(secret(path.slice(0, path.lastIndexOf('/')), lastSegment(path))),
  },
  {
    methods: ['DELETE'],
    path: /^\/accounts\/[^/]+\/secrets\/[\w-]+$/,
    required: [],
    respond: noContent,
  },
];

const subaccount = (input: EndpointArgs) => ({
  api_key: 'bbe6222f',
  name: input.parameters['name'],
  primary_account_api_key: accountOf(input),
  use_primary_account_balance: true,
  created_at: '2020-01-01T14:00:00Z',
  suspended: false,
  balance: null,
  credit_limit: null,
});

const transfer = (kind: string) => (input: EndpointArgs) => {
  const { from, to, amount, reference } = input.parameters;
  return ok({
    [kind]: randomUUID(),
    from,
    to,
    amount,
    reference,
    created_at: '2020-01-01T14:00:00Z',
  });
};

/**
 * The API definition writes the member `credit-transfers` with a hyphen, but `balance_transfers` with an underscore.
 */
export const subaccounts: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/subaccounts$/,
    required: [],
    respond: (input) =>
      ok({ _embedded: { primary_account: { api_key: accountOf(input) }, subaccounts: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/subaccounts$/,
    required: ['name'],
    respond: (input) => ok(subaccount(input)),
  },
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/credit-transfers$/,
    required: ['start_date'],
    respond: () => ok({ _embedded: { 'credit-transfers': [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/credit-transfers$/,
    required: ['from', 'to', 'amount'],
    respond: transfer('credit_transfer_id'),
  },
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/balance-transfers$/,
    required: ['start_date'],
    respond: () => ok({ _embedded: { balance_transfers: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/balance-transfers$/,
    required: ['from', 'to', 'amount'],
    respond: transfer('balance_transfer_id'),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/transfer-number$/,
    required: ['from', 'to', 'number', 'country'],
    respond: ({ parameters: { from, to, number, country } }) => ok({ number, country, from, to }),
  },
];
