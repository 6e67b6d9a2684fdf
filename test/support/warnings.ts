import { warnOnce } from '../../src/warnings';

let cause = 0;

/** Lets each warning be emitted again: after a thousand other causes, earlier ones are forgotten. */
export function forgetWarnings(): void {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
  for (let count = 0; count <= 1000; count += 1) warnOnce('TEST', String((cause += 1)), '');
  emitted.mockRestore();
}
