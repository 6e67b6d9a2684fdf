const copiesConfigAndResponse =
  'In a profile of a small answer, the functions of this package take 13 % of the time: choosing the credential, looking for a credential that the request already has, and copying the config, its headers and the response. They also make axios and Node do more: a second `getUri`, which tells which URL axios will call, two more parsed URLs, promises and garbage. A streamed body also passes through a second stream. Without that, the request would be in the list of destinations that your stream keeps, and so would the credential. If axios is an ES module or older than 1.5, its adapter is reached by a second run of its pipeline, which takes another fifth of the time. `follow-redirects` takes another 4 %. Without `follow-redirects`, axios 1.15 and older never answers if a compressed response is damaged, so `follow-redirects` stays.';

const checksRequestAndResponse =
  'In a profile, choosing the credential and looking for one that the request already has takes 9 % of the time, making the request with the credential 6 % (half of it the check for a proxy, which only plain HTTP needs), and making the response without secrets 8 %. This time is spread over some 60 functions. The rest is what these make Node do: copies of headers and URLs, promises, garbage. A request to the platform over TLS takes a hundred times as long.';

const readsAnswer =
  'Beyond the reason above, the answer is read as text, looked through for a refusal, and given to the caller in a second `Response`.';

// Why a target is not reached, by the name of the part and the text of the target. Shown under the table.
export const reasons = {
  'parallel-tokens': {
    'at least 0.92 × the floor':
      'Each signature also has claims, an ID and a promise of its own. Three complete runs gave 0.915, 0.918 and 0.931.',
  },
  'auth-fetch': {
    'at least 0.92 × the speed of the floor': checksRequestAndResponse,
    'at least 0.85 × the speed of the floor': readsAnswer,
  },
  'attach-auth': {
    'at least 0.95 × the speed of axios': copiesConfigAndResponse,
    'at least 0.9 × the speed of the floor':
      'The floor is axios with `maxRedirects: 0`, which skips `follow-redirects`. See the reason above.',
  },
  inject: {
    'at most 1.5 × `getQueryParams` of `@vonage/auth`':
      '`getQueryParams` adds two fields to an object. `inject` also finds the product of the URL, and refuses a request that already has a credential.',
    'at most 3 µs beyond the scheme':
      'Since a getter or a Proxy in a request can give another value at each read, `inject` copies what it checks before it checks it, and looks for a second credential in the copy. In a request that takes milliseconds, 10 µs are not noticed.',
  },
  'inject-tenants': {
    'at most 1.25 × one tenant':
      'The objects of 10,000 tenants and more do not fit into the caches of the processor, so each request waits for memory. The number of steps is the same: no table is searched by tenant.',
  },
  'first-header': {
    'at most 1.2 × the floor':
      'The floor loads `node:crypto` alone. The package is one file of 270 kB, which Node compiles lazily, and `jsonwebtoken` is loaded for its first token.',
  },
  bundle: {
    'at most 100 kB':
      'The package is CommonJS, from which esbuild cannot leave out what a program does not use. It is one file, since a second file makes every start 5 % slower. `jsonwebtoken` and its dependencies are a quarter of the bundle.',
  },
  webhooks: {
    'at most 2 × the floor':
      'Beyond the floor, `verify` does three things: it checks each claim, it checks that the token is canonical base64url, and it serialises the claims once more. Serialising shows a repeated name, and takes a tenth of the time.',
  },
  express: {
    'at least 0.85 × the floor':
      'The floor makes one HMAC. Beyond it, `verifyWebhook` checks the header, the claims, the times and the account, compares the bytes with what parsers may have made of them, and holds back the response until the handler has answered.',
    'at least 0.8 × the floor': 'As above; the guard itself takes a few microseconds.',
  },
  'replay-redis': {
    'at least 0.9 × the floor':
      'Each command has a deadline of its own and is sent once more after a lost reply, which takes a timer and a promise for each. The rate at which Redis answers is the same.',
  },
  linear: {
    'at most 1.3 × linear':
      'Measured from 16 KiB to 4 MiB, the time for each KiB rises once, where the input and what is made of it no longer fit into the caches of the processor, and then stays the same. So these parsers are linear too.',
  },
};
