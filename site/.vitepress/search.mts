import type { DefaultTheme } from 'vitepress';

/** Words that are in most questions and say nothing about the page. VitePress sends these functions to the browser as text. */
export const search: DefaultTheme.LocalSearchOptions = {
  miniSearch: {
    options: {
      processTerm: (term) => {
        const word = term.toLowerCase();
        const ignored =
          /^(a|an|and|are|be|but|by|can|do|does|for|from|has|how|i|in|is|it|its|my|no|not|of|on|or|so|that|the|this|to|what|when|where|which|why|with|without|you|your)$/;
        return ignored.test(word) ? null : word;
      },
    },
    searchOptions: {
      fuzzy: (term: string) => (term.length > 4 ? 0.2 : false),
      prefix: (term: string) => term.length > 2,
      boost: { title: 4, titles: 2, text: 1 },
      combineWith: 'OR',
    },
  },
};
