import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { type Asked, created, type Endpoint, lastSegment, link, noContent } from './endpoint';

/** The account that a path names: `/accounts/{api_key}/…`. Any is taken, as a primary account may. */
const accountOf = ({ path }: Asked) => path.split('/')[2];

const secret = (path: string, id: string) => ({
  _links: link(`${path}/${id}`),
  id,
  created_at: '2020-01-01T14:00:00Z',
});

/** A secret sent here does not change what the sandbox accepts; `sandbox.change` does. */
export const secrets: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/secrets$/,
    required: [],
    answer: ({ path }) =>
      ok({ _links: link(path), _embedded: { secrets: [secret(path, randomUUID())] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/secrets$/,
    required: ['secret'],
    answer: ({ path }) => created(secret(path, randomUUID())),
  },
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/secrets\/[\w-]+$/,
    required: [],
    answer: ({ path }) => ok(secret(path.slice(0, path.lastIndexOf('/')), lastSegment(path))),
  },
  {
    methods: ['DELETE'],
    path: /^\/accounts\/[^/]+\/secrets\/[\w-]+$/,
    required: [],
    answer: noContent,
  },
];

const subaccount = (asked: Asked) => ({
  api_key: 'bbe6222f',
  name: asked.parameters['name'],
  primary_account_api_key: accountOf(asked),
  use_primary_account_balance: true,
  created_at: '2020-01-01T14:00:00Z',
  suspended: false,
  balance: null,
  credit_limit: null,
});

const transfer = (kind: string) => (asked: Asked) => {
  const { from, to, amount, reference } = asked.parameters;
  return ok({
    [kind]: randomUUID(),
    from,
    to,
    amount,
    reference,
    created_at: '2020-01-01T14:00:00Z',
  });
};

/** The definition spells one list with a dash, the other with an underscore. */
export const subaccounts: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/subaccounts$/,
    required: [],
    answer: (asked) =>
      ok({ _embedded: { primary_account: { api_key: accountOf(asked) }, subaccounts: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/subaccounts$/,
    required: ['name'],
    answer: (asked) => ok(subaccount(asked)),
  },
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/credit-transfers$/,
    required: ['start_date'],
    answer: () => ok({ _embedded: { 'credit-transfers': [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/credit-transfers$/,
    required: ['from', 'to', 'amount'],
    answer: transfer('credit_transfer_id'),
  },
  {
    methods: ['GET'],
    path: /^\/accounts\/[^/]+\/balance-transfers$/,
    required: ['start_date'],
    answer: () => ok({ _embedded: { balance_transfers: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/balance-transfers$/,
    required: ['from', 'to', 'amount'],
    answer: transfer('balance_transfer_id'),
  },
  {
    methods: ['POST'],
    path: /^\/accounts\/[^/]+\/transfer-number$/,
    required: ['from', 'to', 'number', 'country'],
    answer: ({ parameters: { from, to, number, country } }) => ok({ number, country, from, to }),
  },
];
