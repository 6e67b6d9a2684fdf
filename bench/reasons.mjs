const pipeline =
  'attachAuth sends in the adapter, after all interceptors, so that no config shows a credential. The adapters of the caller’s own axios can be reached only through its request pipeline, which therefore runs a second time.';

// Why a target is not reached, by the name of the part's file and the target's text, as in
// `{ inject: { 'at most 3 µs beyond the scheme': 'Because …' } }`. Shown under the table.
export const reasons = {
  'attach-auth': {
    'at least 0.95 × the floor': pipeline,
    'at least 0.95 × axios as it is': pipeline,
  },
};
