// For each error code: code that provokes it, and code that avoids it. test/e2e/error-examples.test.ts runs both. The
// names that they use are defined in docs/errors/examples.md.
import { credentialExamples } from './error-examples/credentials.mjs';
import { requestExamples } from './error-examples/requests.mjs';
import { tokenExamples } from './error-examples/tokens.mjs';
import { webhookExamples } from './error-examples/webhooks.mjs';

export { commandExamples } from './error-examples/command.mjs';

export const errorExamples = {
  ...credentialExamples,
  ...tokenExamples,
  ...webhookExamples,
  ...requestExamples,
};
