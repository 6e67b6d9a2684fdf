import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import BenchmarkFigures from './BenchmarkFigures.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('BenchmarkFigures', BenchmarkFigures);
  },
} satisfies Theme;
