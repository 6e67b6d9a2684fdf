// Builds the site into site/dist. With --dev, serves it and reloads it when a page changes.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const site = import.meta.dirname;
const run = (program, ...args) =>
  execFileSync(process.execPath, [join(site, program), ...args], { cwd: site, stdio: 'inherit' });

rmSync(join(site, '../docs/reference'), { recursive: true, force: true });
run('node_modules/typedoc/bin/typedoc');
run('project-pages.mjs');
run('node_modules/vitepress/bin/vitepress.js', process.argv.includes('--dev') ? 'dev' : 'build');
