const assert = require('node:assert/strict');
const axios = require('axios');
const library = require('nexmo-auth');
const testing = require('nexmo-auth/testing');
const names = require('./public-names.json');
const roundTrip = require('./round-trip.cjs');
const receiveWebhook = require('./receive-webhook.cjs');

assert.equal(process.versions.node.split('.')[0], process.argv[2]);
for (const [entry, { values }] of Object.entries(names)) {
  assert.deepEqual(Object.keys(require(entry)).sort(), values);
}
roundTrip(library, testing, axios).then(() =>
  receiveWebhook(library, testing, (entry) => import(entry)),
);
