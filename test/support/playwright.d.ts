// The browser types that playwright-core's types mention. TypeScript's DOM library would add such types to src, too.
type Node = never;
type HTMLElement = never;
type SVGElement = never;
type HTMLElementTagNameMap = Record<string, never>;
