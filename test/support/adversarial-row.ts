/** The sizes of inputs, in characters or bytes. */
export const sizes = { small: 65_536, large: 1_048_576 };

/** `make` creates, for a given size, the input that is slowest for a parser. `run` parses that input. */
export type Row<Input> = { make: (size: number) => Input; run: (input: Input) => unknown };
export const row = <Input>(make: Row<Input>['make'], run: Row<Input>['run']) =>
  ({ make, run }) as Row<unknown>;

export const fill = (text: string, size: number) => Buffer.alloc(size, text).toString();
/** Concatenates texts with a running number, up to a total size. */
export const numbered = (size: number, text: (index: number) => string) => {
  const count = Math.ceil(size / text(1_000_000).length);
  return Buffer.from(Array.from({ length: count }, (_, index) => text(index)).join('')).toString();
};
/** An object of a total size. Its fields are long: many short fields would measure the speed of memory. */
export const fields = (size: number, name = (index: number) => `name${index}`) =>
  Object.fromEntries(
    Array.from({ length: size / 128 }, (_, index) => [name(index), 'v'.repeat(112)]),
  );

/** Milliseconds to parse an input. Most of these inputs are refused after they were read. */
export async function time({ run }: Row<unknown>, input: unknown): Promise<number> {
  const start = performance.now();
  try {
    await run(input);
  } catch {
    // A refusal is expected.
  }
  return performance.now() - start;
}
