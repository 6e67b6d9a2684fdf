import { Readable } from 'node:stream';
import type { AxiosProgressEvent, AxiosRequestConfig } from 'axios';
import { byHttp, forEach, topic, type World } from './behaviour';
import { contents, outcome } from './outcome';

const bodies: Record<string, () => AxiosRequestConfig> = {
  'a string': () => ({ data: 'x'.repeat(100_000) }),
  'a small string': () => ({ data: 'x' }),
  'an object': () => ({ data: { a: 'x'.repeat(1000) } }),
  'a Buffer': () => ({ data: Buffer.alloc(100_000) }),
  'a stream': () => ({ data: Readable.from([Buffer.alloc(50_000), Buffer.alloc(50_000)]) }),
  'a stream of known length': () => ({
    data: Readable.from([Buffer.alloc(50_000)]),
    headers: { 'Content-Length': 50_000 },
  }),
  'a string at a limited rate': () => ({ data: 'x'.repeat(2000), maxRate: [100_000] as never }),
};

const answers = ['/text', '/bytes/100000', '/chunks', '/encoded/gzip', '/empty', '/status/500'];

/** The last event in each direction, and whether the number of bytes only increases. */
async function events(world: World, config: AxiosRequestConfig): Promise<unknown> {
  const up: AxiosProgressEvent[] = [];
  const down: AxiosProgressEvent[] = [];
  const seen = await outcome(
    world.create().request({
      ...config,
      onUploadProgress: (event) => up.push(event),
      onDownloadProgress: (event) => down.push(event),
    }),
  );
  return { seen, up: shown(up), down: shown(down) };
}

function shown(seen: AxiosProgressEvent[]): unknown {
  const last = seen.at(-1) as (AxiosProgressEvent & { lengthComputable?: boolean }) | undefined;
  if (last === undefined) return 'no event';
  const { loaded, total, progress, upload, download, lengthComputable } = last;
  const grows = seen.every(
    (event, index) => index === 0 || event.loaded >= (seen[index - 1]?.loaded ?? 0),
  );
  return {
    loaded,
    total,
    progress,
    upload,
    download,
    lengthComputable,
    grows,
    fields: Object.keys(last).sort(),
  };
}

export const progress = topic(
  forEach(bodies, 'a progress event of %s', (body) =>
    byHttp((world) => events(world, { method: 'post', url: '/echo', ...body() })),
  ),
  forEach(answers, 'a progress event of %s', (url) => byHttp((world) => events(world, { url }))),
  forEach(
    ['/text', '/bytes/100000', '/empty'],
    'a progress event of a GET of %s, by any adapter,',
    (url) => async (world) => {
      const down: AxiosProgressEvent[] = [];
      await world.create().get(url, { onDownloadProgress: (event) => down.push(event) });
      return shown(down);
    },
  ),
  {
    'a progress event of a streamed response': byHttp(async ({ create }) => {
      const down: AxiosProgressEvent[] = [];
      const { data } = await create().get<unknown>('/bytes/100000', {
        responseType: 'stream',
        onDownloadProgress: (event) => down.push(event),
      });
      return [await contents(data), shown(down)];
    }),

    'a progress event of a download at a limited rate': byHttp((world) =>
      events(world, { url: '/bytes/5000', maxRate: [Infinity, 100_000] as never }),
    ),
  },
);
