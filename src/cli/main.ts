#!/usr/bin/env node
import { packageVersion } from './version';

const [first, ...others] = process.argv.slice(2);

// Prints the version without loading other modules, because a script may ask for the version at every run.
if (others.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  void import('./run.ts').then(({ runProcess }) => runProcess());
}
