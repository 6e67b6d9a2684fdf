import { renderMermaidSVG } from 'beautiful-mermaid';
import type { MarkdownRenderer } from 'vitepress';

const colors = {
  bg: 'var(--vp-c-bg)',
  fg: 'var(--vp-c-text-1)',
  muted: 'var(--vp-c-text-2)',
  line: 'var(--vp-c-text-2)',
  border: 'var(--vp-c-text-3)',
  surface: 'var(--vp-c-bg-soft)',
  transparent: true,
};

/** The title and the description of a diagram, in the syntax of Mermaid for screen readers. */
const accessible = /^\s*acc(Title|Descr)\s*:\s*(.+)\n?/gm;

/** Draws the `mermaid` blocks as SVG. Their colors are those of the theme, so they change with it. */
export function drawDiagrams(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules;
  if (fence === undefined) throw new Error('The fence rule of VitePress is missing.');
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return fence(tokens, index, options, env, self);
    return draw(token.content, env.relativePath, index);
  };
}

function draw(source: string, page: string, index: number): string {
  const text = Object.fromEntries(
    [...source.matchAll(accessible)].map(([, kind, value]) => [kind, value.trim()]),
  );
  if (text.Title === undefined) throw new Error(`${page}: a diagram has no accTitle.`);
  const label = escape([text.Title, text.Descr].filter(Boolean).join('. '));
  const svg = renderMermaidSVG(source.replace(accessible, ''), colors)
    // Vue drops style elements; the theme has these rules. IDs must be unique in a page.
    .replace(/<style>[^]*?<\/style>/, '')
    .replaceAll(/(id="|url\(#)/g, `$1diagram-${index}-`)
    .replace('<svg ', `<svg role="img" aria-label="${label}" `);
  return `<figure class="diagram" tabindex="0" v-pre>${svg}</figure>\n`;
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
