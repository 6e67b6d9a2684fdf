// How long to measure. A quick run shows that all parts work, but its figures are imprecise.
export const effort = process.argv.includes('--quick')
  ? {
      rounds: 2,
      milliseconds: 30,
      tokens: 640,
      requests: 400,
      processes: 5,
      tenants: 2000,
      slices: 9,
      sliceTime: 25e6,
      warmUp: 250e6,
    }
  : {
      rounds: 11,
      milliseconds: 200,
      tokens: 4000,
      requests: 4000,
      processes: 61,
      tenants: 10_000,
      slices: 61,
      sliceTime: 25e6,
      warmUp: 2500e6,
    };
