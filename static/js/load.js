// Import the module of each custom element that stands in a piece of page, once.
const MODULES = {
  "flow-board": "app/board", "flow-list": "app/list", "flow-pane": "app/pane", "flow-palette": "app/palette",
  "flow-status": "app/status", "flow-toasts": "app/toast", "flow-theme": "app/theme",
};

export function load(root) {
  const tags = new Set([...root.querySelectorAll(":not(:defined)")].map((one) => one.localName));
  for (const tag of tags) import(MODULES[tag] ?? `app/${tag}`);
  if (root !== document) window.htmx?.process(root);
}
