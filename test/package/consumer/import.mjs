import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import axios from 'axios';
import * as library from 'nexmo-auth';
import * as testing from 'nexmo-auth/testing';
import roundTrip from './round-trip.cjs';

const require = createRequire(import.meta.url);
const names = require('./public-names.json');

assert.equal(process.versions.node.split('.')[0], process.argv[2]);
for (const [entry, imported] of Object.entries({
  'nexmo-auth': library,
  'nexmo-auth/testing': testing,
})) {
  for (const name of names[entry].values) {
    assert.ok(name in imported, `import of ${entry} lacks ${name}`);
    // One class however it is loaded, or instanceof would fail between two users of the package.
    assert.equal(imported[name], require(entry)[name]);
  }
}
await roundTrip(library, testing, axios);
