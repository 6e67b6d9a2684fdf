import { answers } from './answers';
import type { Behaviour, Topic } from './behaviour';
import { bodies } from './bodies';
import { requests } from './requests';
import { urls } from './urls';

const topics: Record<string, Topic> = { requests, urls, bodies, answers };

/** Every behaviour of axios that is compared, by topic and name. */
export const behaviours: [name: string, behaviour: Behaviour][] = Object.entries(topics).flatMap(
  ([topic, entries]) =>
    Object.entries(entries).map(([name, entry]): [string, Behaviour] => [
      `${topic}: ${name}`,
      typeof entry === 'function' ? { run: entry } : entry,
    ]),
);
