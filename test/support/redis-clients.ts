import type { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import { createClient, createClientPool } from 'redis';
import type { RedisClient } from '../../src/webhooks/redis-client';

export type OpenedClient = { client: RedisClient; close: () => void };
export type Open = (port: number, password?: string) => OpenedClient;

/** @param maxRetriesPerRequest how often ioredis resends a command; 20 is its default */
export function openIoredis(
  port: number,
  password?: string,
  maxRetriesPerRequest = 20,
): OpenedClient {
  const options = { retryStrategy: () => 20, maxRetriesPerRequest };
  const client = new Redis(url(port, password), options);
  client.on('error', () => undefined);
  return {
    client,
    close: () => {
      client.disconnect();
    },
  };
}

const socket = { reconnectStrategy: 20 };

export function openNodeRedis(port: number, password?: string): OpenedClient {
  return opened(createClient({ url: url(port, password), socket }));
}

export function openNodeRedisPool(port: number): OpenedClient {
  return opened(createClientPool({ url: url(port), socket }));
}

function opened(
  client: EventEmitter & RedisClient & { connect(): Promise<unknown>; destroy(): void },
): OpenedClient {
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return {
    client,
    close: () => {
      client.destroy();
    },
  };
}

function url(port: number, password?: string): string {
  return `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
}

/** A client of each package. It reconnects after 20 ms. */
export const openClient: Record<'ioredis' | 'redis', Open> = {
  ioredis: (port, password) => openIoredis(port, password),
  redis: openNodeRedis,
};
