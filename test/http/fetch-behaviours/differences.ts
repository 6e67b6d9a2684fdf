/**
 * Why a behaviour differs when a credential is attached. `differs` of a `Behaviour` names the key. The text is in
 * docs/http-clients.md in the same words.
 */
export const differences = {
  redirect: 'No redirect is followed',
  buffered: 'The body of a `Request` is read before it is sent, up to 16 MiB',
  'credential-present': 'A request that already contains a credential is refused',
  host: 'A `Host` header that does not match the URL is refused',
  unrecognised: 'An unrecognised argument is refused',
  'other-copy': 'A `Request` of another copy of undici is sent',
  'request-dispatcher': 'The dispatcher of a `Request` is not used',
  started: 'The first chunk of a stream is read at the call',
  cancel: 'After an abort, the body of a `Request` is cancelled at its next chunk',
  referrer: 'The referrer of a `Request` is kept on undici 7',
} as const;
