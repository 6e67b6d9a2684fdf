import type { DefaultTheme } from 'vitepress';

/** Ranks the pages that answer questions first. VitePress sends these functions to the browser as text. */
export const search: DefaultTheme.LocalSearchOptions = {
  miniSearch: {
    options: {
      // Leaves out the words that are in most questions, and the endings s and ing.
      processTerm: (term) => {
        const word = term.toLowerCase();
        const ignored =
          /^(an?|and|are|be|but|by|can|do|does|each|for|from|has|how|i|in|is|its?|me|my|no|not|of|on|or|so|that|the|this|to|was|what|when|where|which|why|with|without|you|your)$/;
        return ignored.test(word) ? null : word.replace(/([a-z]{3})(s|ing)$/, '$1');
      },
    },
    searchOptions: {
      fuzzy: (term: string) => (term.length > 4 ? 0.2 : false),
      prefix: (term: string) => term.length > 2,
      boost: { title: 6, titles: 3, text: 1 },
      boostDocument: (id: string) => {
        const weights: [RegExp, number][] = [
          [/^\/(how-to|tutorials)\//, 1.5],
          [/^\/errors\//, 1.2],
          [/^\/errors\.html/, 0.6],
          [/^\/reference\/security/, 1],
          [/^\/reference\/api\//, 0.5],
          [/^\/reference\//, 0.3],
          [/^\/benchmarks/, 0.2],
          [/^\/(building-an-sdk|migrate-|threat-model)/, 0.5],
        ];
        return weights.find(([pattern]) => pattern.test(id))?.[1] ?? 1;
      },
    },
  },
};
