import fc from 'fast-check';
import { ByteBuffer } from '../../src/readers/byte-buffer';

test('the bytes are a copy of all chunks, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (chunks) => {
      const buffer = new ByteBuffer();
      for (const chunk of chunks) buffer.append(chunk);
      const expected = Buffer.concat(chunks);
      for (const chunk of chunks) chunk.fill(0);
      expect(buffer.length).toBe(expected.length);
      expect(buffer.bytes.equals(expected)).toBe(true);
    }),
  );
});
