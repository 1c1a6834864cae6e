/**
 * The page's few line icons, drawn as SVG nodes. Decorative: the text beside them names things.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: "M5 9h14M5 15h14M10 4 8 20M16 4l-2 16",
  home: "M4 11.5 12 5l8 6.5M6 10v9h12v-9M10 19v-5h4v5",
  chat: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-1A1.5 1.5 0 0 1 4 15.5z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14 5l-7 7 7 7",
  down: "M6 9.5l6 6 6-6",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  reply: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  send: "M5 12h13M12 5.5l6.5 6.5-6.5 6.5",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4.1 3c-.9.5-1.3 1-1.3 2M12 17.5h.01",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  tools:
    "M14.5 6.5a4 4 0 0 1 5-1.2l-2.8 2.8 1.2 1.2 2.8-2.8a4 4 0 0 1-5.3 5.3L9 18.2a1.8 1.8 0 0 1-2.6-2.6l6.4-6.4a4 4 0 0 1 1.7-2.7z",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 7.5V12l3 2",
  check: "M5 12.5l4.5 4.5L19 7.5",
  lock: "M7 11V8.5a5 5 0 0 1 10 0V11M6 11h12v8.5H6z",
  warning: "M12 4.5 21 19.5H3zM12 10v4M12 16.8h.01",
};

/**
 * An icon as wide as the text is high.
 * @param {keyof typeof PATHS} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.appendChild(path);
  return svg;
}
