/** How often a property is tried: a fifth of `all` in `npm test`, and all in `npm run test:slow`. */
export const runs = (all: number): number => ('allRuns' in globalThis ? all : all / 5);
