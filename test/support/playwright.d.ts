// What playwright-core's types name of a browser. The library of DOM types would bring these to src, too.
type Node = never;
type HTMLElement = never;
type SVGElement = never;
type HTMLElementTagNameMap = Record<string, never>;
