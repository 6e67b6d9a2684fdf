/** Characters, or bytes. */
export const sizes = { small: 65_536, large: 1_048_576 };

/** Makes an input of a size, which takes a parser as long as possible, and has it parsed. */
export type Row<Input> = { make: (size: number) => Input; run: (input: Input) => unknown };
export const row = <Input>(make: Row<Input>['make'], run: Row<Input>['run']) =>
  ({ make, run }) as Row<unknown>;

export const fill = (text: string, size: number) => Buffer.alloc(size, text).toString();
/** Texts with a number in each of them, of that size in all. */
export const numbered = (size: number, text: (index: number) => string) => {
  const count = Math.ceil(size / text(1_000_000).length);
  return Buffer.from(Array.from({ length: count }, (_, index) => text(index)).join('')).toString();
};
/** Not shorter: with tens of thousands of them, the speed of the memory would be measured. */
export const fields = (size: number, name = (index: number) => `name${index}`) =>
  Object.fromEntries(
    Array.from({ length: size / 128 }, (_, index) => [name(index), 'v'.repeat(112)]),
  );

/** Milliseconds; most of these inputs are refused, once they are read. */
export async function time({ run }: Row<unknown>, input: unknown): Promise<number> {
  const start = performance.now();
  try {
    await run(input);
  } catch {
    // As it should be.
  }
  return performance.now() - start;
}
