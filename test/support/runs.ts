/** The runs of a property: a tenth of `all` in `npm test`, and all of them in `npm run test:slow`. */
export const runs = (all: number): number => ('allRuns' in globalThis ? all : all / 10);
