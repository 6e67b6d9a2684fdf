import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import axios from 'axios';
import roundTrip from './round-trip.cjs';
import receiveWebhook from './receive-webhook.cjs';

const require = createRequire(import.meta.url);
const names = require('./public-names.json');

assert.equal(process.versions.node.split('.')[0], process.argv[2]);
for (const [entry, { values }] of Object.entries(names)) {
  const imported = await import(entry);
  for (const name of values) {
    assert.ok(name in imported, `import of ${entry} lacks ${name}`);
    // Both module systems share one class. Otherwise instanceof would fail between two users of the package.
    assert.equal(imported[name], require(entry)[name]);
  }
}
const library = await import('nexmo-auth');
const testing = await import('nexmo-auth/testing');
await roundTrip(library, testing, axios);
await receiveWebhook(library, testing, require);
