export * from './interceptor.js';
