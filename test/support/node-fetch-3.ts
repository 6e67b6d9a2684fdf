// An ES module, which Jest cannot load. A test bundles it.
export { default } from 'node-fetch-3';
