import { warnOnce } from '../../src/warnings';

let causes = 0;

/** Lets each warning come once more: a thousand other causes make the process forget those before. */
export function forgetWarnings(): void {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
  for (let count = 0; count <= 1000; count += 1) warnOnce('TEST', String((causes += 1)), '');
  emitted.mockRestore();
}
