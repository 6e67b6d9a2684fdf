import { inspect, types } from 'node:util';

/** A secret as it may show: as it is, percent, base64 at all alignments, base64url, hex, UTF-16. */
export function encodingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const aligned = [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    // The characters at both ends depend on the neighbours of the secret.
    const inner = (text: string) => text.slice(shift === 0 ? 0 : shift + 1, -4);
    return [inner(padded.toString('base64')), inner(padded.toString('base64url'))];
  });
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    ...aligned,
    bytes.toString('hex'),
    Buffer.from(secret, 'utf16le').toString('latin1'),
  ].filter((text) => text.length >= 4);
}

/**
 * Where a secret shows in a value: in anything reachable from it (hidden fields, symbols,
 * accessors, maps, bytes, prototypes), in `util.inspect` of it and in its JSON.
 */
export function leaksIn(value: unknown, secrets: readonly string[]): string[] {
  const needles = secrets.flatMap(encodingsOf);
  const shows = (text: string) =>
    needles.some((needle) => text.includes(needle) || text.toLowerCase() === needle.toLowerCase());
  const leaks = [...reachable(value)].filter(([, text]) => shows(text)).map(([path]) => path);
  for (const customInspect of [true, false]) {
    const options = { showHidden: true, depth: Infinity, customInspect, getters: true } as const;
    const lengths = { maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity };
    if (shows(inspect(value, { ...options, ...lengths }))) leaks.push(`inspect(${customInspect})`);
  }
  if (shows(toJson(value))) leaks.push('JSON');
  return leaks;
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify([value]);
  } catch {
    return ''; // Circular: nothing is printed.
  }
}

function* reachable(root: unknown): Generator<[path: string, text: string]> {
  const seen = new Set<unknown>();
  const queue: [string, unknown][] = [['', root]];
  for (const [path, value] of queue) {
    if (typeof value === 'string') yield [path, value];
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    if (seen.has(value) || value === globalThis || value === process) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      yield [
        path,
        Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'),
      ];
      continue;
    }
    if (types.isMap(value) || types.isSet(value)) queue.push([`${path}.entries`, [...value]]);
    for (let owner: object | null = value; owner !== null; owner = prototypeOf(owner)) {
      for (const key of Reflect.ownKeys(owner)) {
        yield [`${path} key`, String(key)];
        queue.push([`${path}.${String(key)}`, read(value, key)]);
      }
    }
  }
}

function read(object: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(object, key);
  } catch {
    return undefined;
  }
}

function prototypeOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}
