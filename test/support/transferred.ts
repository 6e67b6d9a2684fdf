/** Bytes that were transferred to another thread, so that this thread cannot read them. */
export const transferred: readonly [string, () => ArrayBuffer | Uint8Array][] = [
  ['an ArrayBuffer', () => transfer(new ArrayBuffer(8))],
  [
    'a Uint8Array',
    () => {
      const view = new Uint8Array(8);
      transfer(view.buffer);
      return view;
    },
  ],
];

function transfer(bytes: ArrayBuffer): ArrayBuffer {
  structuredClone(bytes, { transfer: [bytes] });
  return bytes;
}
