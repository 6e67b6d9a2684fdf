import { readFileSync } from 'node:fs';

const snapshots = {
  'nexmo-auth': 'nexmo-auth.api.md',
  'nexmo-auth/testing': 'nexmo-auth-testing.api.md',
  'nexmo-auth/express': 'nexmo-auth-express.api.md',
  'nexmo-auth/fastify': 'nexmo-auth-fastify.api.md',
  'nexmo-auth/hono': 'nexmo-auth-hono.api.md',
  'nexmo-auth/koa': 'nexmo-auth-koa.api.md',
  'nexmo-auth/request': 'nexmo-auth-request.api.md',
  'nexmo-auth/undici': 'nexmo-auth-undici.api.md',
};

const read = (file) => readFileSync(new URL(`../../etc/${file}`, import.meta.url), 'utf8');

/** The exports of each entry point, from the reviewed snapshot of the public API. */
export const publicNames = Object.fromEntries(
  Object.entries(snapshots).map(([entry, file]) => {
    const found = [...read(file).matchAll(/^export (?<kind>\w+) (?<name>\w+)/gm)];
    const isType = ({ groups }) => groups.kind === 'type';
    const nameOf = ({ groups }) => groups.name;
    return [
      entry,
      {
        types: found.filter(isType).map(nameOf),
        values: found
          .filter((match) => !isType(match))
          .map(nameOf)
          .sort(),
      },
    ];
  }),
);
