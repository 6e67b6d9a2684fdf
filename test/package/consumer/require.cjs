const assert = require('node:assert/strict');
const axios = require('axios');
const library = require('nexmo-auth');
const testing = require('nexmo-auth/testing');
const names = require('./public-names.json');
const roundTrip = require('./round-trip.cjs');

assert.equal(process.versions.node.split('.')[0], process.argv[2]);
assert.deepEqual(Object.keys(library).sort(), names['nexmo-auth'].values);
assert.deepEqual(Object.keys(testing).sort(), names['nexmo-auth/testing'].values);
roundTrip(library, testing, axios);
