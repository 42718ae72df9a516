// Single keys and chords, each told once; a setting turns the single ones off. Silent while somebody types.
import { isTyping } from "app/dom";

const single = new Map(), chords = new Map(), held = new Map();
let lead = "", timer;
export const singleKeys = () => document.body.dataset.singleKeys !== "off";

export function key(name, run, { when = () => true } = {}) { single.set(name, [...(single.get(name) ?? []), { run, when }]); }
export function chord(first, second, run) { chords.set(`${first} ${second}`, run); }
export function withMod(name, run) { held.set(name, run); }

addEventListener("keydown", (event) => {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.metaKey || event.ctrlKey) return modified(event, name);
  if (event.altKey || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]") || !singleKeys()) return;
  if (lead && chords.has(`${lead} ${name}`)) { event.preventDefault(); const run = chords.get(`${lead} ${name}`); lead = ""; return run(); }
  if ([...chords.keys()].some((one) => one.startsWith(`${name} `))) {
    lead = name; clearTimeout(timer); timer = setTimeout(() => { lead = ""; }, 1000);
    return;
  }
  lead = "";
  for (const { run, when } of (single.get(name) ?? []).toReversed()) {
    if (!when(event)) continue;
    event.preventDefault();
    return run(event);
  }
});

function modified(event, name) {
  const run = held.get(event.shiftKey ? `shift+${name}` : name);
  if (!run || (isTyping(event.target) && name === "z")) return;
  event.preventDefault();
  run(event);
}
