import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const matches = (text, pattern) => [...text.matchAll(pattern)].map(([, value]) => value);

/**
 * Faults of the links in the built pages: a page or heading that does not exist, a page that no other page links to, and
 * a file that would be loaded from another host.
 *
 * @param {string} folder the built site
 * @param {string[]} paths the HTML files in it
 */
export function findLinkFaults(folder, paths) {
  const pages = new Map(
    paths.map((path) => {
      const html = readFileSync(join(folder, path), 'utf8');
      return [
        `/${path}`,
        {
          ids: new Set(matches(html, / id="([^"]*)"/g)),
          links: matches(html, /<a [^>]*?href="([^"]*)"/g),
          files: matches(html, /<(?:script|link|img|iframe)[^>]*? (?:src|href)="([^"]*)"/g),
        },
      ];
    }),
  );
  const faults = [];
  const linked = new Set(['/index.html', '/404.html']);
  for (const [path, { links, files }] of pages) {
    for (const link of links) {
      const url = new URL(link.replaceAll('&amp;', '&'), `http://site${path}`);
      if (url.host !== 'site') continue;
      const target = decodeURI(url.pathname).replace(/\/$/, '/index.html');
      const page = pages.get(target);
      if (page === undefined) faults.push(`${path} links to ${link}, which does not exist`);
      else if (url.hash !== '' && !page.ids.has(decodeURIComponent(url.hash.slice(1)))) {
        faults.push(`${path} links to ${link}, which has no such heading`);
      }
      if (target !== path) linked.add(target);
    }
    for (const file of files.filter((file) => /^(https?:)?\/\//.test(file))) {
      faults.push(`${path} loads ${file} from another host`);
    }
  }
  for (const path of pages.keys()) {
    if (!linked.has(path)) faults.push(`no page links to ${path}`);
  }
  return faults;
}
