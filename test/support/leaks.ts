import { inspect, types } from 'node:util';

/** A secret as plain text, percent-encoded, in base64 and base64url at all alignments, in hex and in UTF-16. */
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
 * The paths at which a value shows a secret: in anything reachable from it (hidden fields, symbols,
 * accessors, maps, bytes, prototypes), in its `util.inspect` and in its JSON. If several paths have the same
 * text, only one of them is listed.
 */
export function leaksIn(value: unknown, secrets: readonly string[]): string[] {
  const texts = textsOf(value);
  for (const customInspect of [true, false]) {
    // Without the option `getters`, which would also call getters on prototypes. `texts` has what getters return.
    const options = { showHidden: true, depth: Infinity, customInspect } as const;
    const lengths = { maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity };
    texts.set(inspect(value, { ...options, ...lengths }), `inspect(${customInspect})`);
  }
  texts.set(toJson(value), 'JSON');

  const needles = secrets.flatMap(encodingsOf);
  const lowered = new Set(needles.map((needle) => needle.toLowerCase()));
  // One search through all texts is faster than a search in each, and almost always finds nothing.
  const all = [...texts.keys()].join('\n');
  const found = needles.filter((needle) => all.includes(needle));
  const shows = (text: string) =>
    found.some((needle) => text.includes(needle)) || lowered.has(text.toLowerCase());
  return [...texts].filter(([text]) => shows(text)).map(([, path]) => path);
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify([value]);
  } catch {
    return ''; // A circular value has no JSON.
  }
}

/** Everything reachable from the globals of JavaScript and Node.js, which is not searched again. */
const builtIn = new Set<unknown>([globalThis, process]);
const globals = Object.entries(Object.getOwnPropertyDescriptors(globalThis));
textsOf(
  globals.map(([, { value }]) => (typeof value === 'function' ? (value as unknown) : undefined)),
  builtIn,
);

/** Every text that is reachable from a value, with one path to it. Adds each object that it visits to `seen`. */
function textsOf(root: unknown, seen = new Set(builtIn)): Map<string, string> {
  const texts = new Map<string, string>();
  const accessors = new Map<object, PropertyKey[]>();
  const queue: [string, unknown][] = [['', root]];
  for (const [path, value] of queue) {
    if (typeof value === 'string') texts.set(value, path);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    if (seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      texts.set(bytes.toString('latin1'), path);
      continue;
    }
    if (types.isMap(value) || types.isSet(value)) queue.push([`${path}.entries`, [...value]]);
    for (const key of Reflect.ownKeys(value)) {
      const name = String(key);
      texts.set(name, path);
      if (!isAccessorOfInstances(value, key)) queue.push([`${path}.${name}`, read(value, key)]);
    }
    const prototype = prototypeOf(value);
    queue.push([`${path}.prototype`, prototype]);
    for (let owner = prototype; owner !== null; owner = prototypeOf(owner)) {
      let keys = accessors.get(owner);
      if (keys === undefined) accessors.set(owner, (keys = accessorsOf(owner)));
      for (const key of keys) queue.push([`${path}.${String(key)}`, read(value, key)]);
    }
  }
  return texts;
}

/**
 * Whether a key is a getter that a class has for its instances. Called on the prototype itself, the getter of
 * `IncomingMessage.prototype.headers` would store empty headers there, which all later messages inherit.
 */
function isAccessorOfInstances(object: object, key: PropertyKey): boolean {
  const constructor: unknown = Reflect.getOwnPropertyDescriptor(object, 'constructor')?.value;
  if (typeof constructor !== 'function' || constructor.prototype !== object) return false;
  return Reflect.getOwnPropertyDescriptor(object, key)?.get !== undefined;
}

/** The names of the getters of a prototype. What a getter returns depends on the object. */
function accessorsOf(prototype: object): PropertyKey[] {
  return Reflect.ownKeys(prototype).filter(
    (key) => Reflect.getOwnPropertyDescriptor(prototype, key)?.get !== undefined,
  );
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
