// Import the module of each custom element that stands in a piece of page, once.
const MODULES = {
  "flow-board": "app/board", "flow-list": "app/list", "flow-pane": "app/pane", "flow-palette": "app/palette",
  "flow-status": "app/status", "flow-toasts": "app/toast", "flow-theme": "app/theme",
};

const mac = /Mac|iP(hone|ad)/.test(navigator.platform);

// The keys as this keyboard calls them.
export function keyName(name) { return mac ? name : name.replace("⌘", "Ctrl"); }

function spell(root) {
  if (!mac) for (const one of root.querySelectorAll("kbd")) if (one.textContent === "⌘") one.textContent = "Ctrl";
}

export function load(root) {
  const tags = new Set([...root.querySelectorAll(":not(:defined)")].map((one) => one.localName));
  for (const tag of tags) import(MODULES[tag] ?? `app/${tag}`);
  spell(root);
  if (root !== document) window.htmx?.process(root);
}
