const runsPipelineTwice =
  "attachAuth sends in the adapter, after all interceptors, so that no config shows a credential. It can reach the adapters of the caller's axios only through the request pipeline of axios, which therefore runs twice.";

// Why a target is not reached, by the name of the part and the text of the target. Shown under the table.
export const reasons = {
  'attach-auth': {
    'at least 0.95 × the floor': runsPipelineTwice,
    'at least 0.95 × plain axios': runsPipelineTwice,
  },
};
