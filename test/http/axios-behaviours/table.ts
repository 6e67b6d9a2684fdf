import { responses } from './responses';
import type { Behaviour, Topic } from './behaviour';
import { bodies } from './bodies';
import { cancellation } from './cancellation';
import { downloads } from './downloads';
import { instances } from './instances';
import { mocks } from './mocks';
import { routes } from './routes';
import { progress } from './progress';
import { requests } from './requests';
import { timeouts } from './timeouts';
import { uploads } from './uploads';
import { urls } from './urls';

const topics: Record<string, Topic> = {
  requests,
  urls,
  bodies,
  responses,
  uploads,
  downloads,
  progress,
  cancellation,
  timeouts,
  routes,
  instances,
  mocks,
};

/** Every behaviour of axios that is compared, by topic and name. */
export const behaviours: [name: string, behaviour: Behaviour][] = Object.entries(topics).flatMap(
  ([topic, entries]) =>
    Object.entries(entries).map(([name, entry]): [string, Behaviour] => [
      `${topic}: ${name}`,
      typeof entry === 'function' ? { run: entry } : entry,
    ]),
);
