// In a new task's words: @anna #bug !high tomorrow become chips, removable before they are saved.
import { $$, icon } from "app/dom";

const PRIORITIES = { low: ["1", "Low"], medium: ["2", "Medium"], high: ["3", "High"], urgent: ["4", "Urgent"] };
const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export function dayFrom(word, now = new Date()) {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (word === "tomorrow") day.setDate(day.getDate() + 1);
  else if (WEEK.includes(word)) day.setDate(day.getDate() + ((WEEK.indexOf(word) - day.getDay() + 7) % 7 || 7));
  else if (word !== "today") return "";
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

// What the filter menu already knows: people and labels of this project.
function known(kind, word) {
  const all = $$(`[data-filter-name="${kind}"]`).filter((one) => one.dataset.filterValue.includes("-"));
  const hit = (test) => all.find((one) => test(one.querySelector("span:not(.avatar, .dot)").textContent.trim().toLowerCase()));
  const found = hit((name) => name.replace(/\s+/g, "") === word) ?? hit((name) => name.split(/\s+/).some((part) => part.startsWith(word)));
  return found && [found.dataset.filterValue, found.querySelector("span:not(.avatar, .dot)").textContent.trim()];
}

function meaning(word) {
  const rest = word.slice(1).toLowerCase();
  if (word[0] === "@" && rest) return ["assignee", known("assignee", rest)];
  if (word[0] === "#" && rest) return ["label", known("label", rest)];
  if (word[0] === "!" && PRIORITIES[rest]) return ["priority", PRIORITIES[rest]];
  return [];
}

// Takes finished words out of the field into `facts` (kind → value → name); true when something became a chip.
export function read(field, facts, all = false) {
  if (field.value.includes("\n")) return false;
  let changed = false;
  const take = (kind, pair) => { if (kind === "priority") facts.priority = new Map(); (facts[kind] ??= new Map()).set(...pair); changed = true; };
  const words = field.value.split(/(\s+)/);
  const kept = words.filter((word, at) => {
    const ended = all || at < words.length - 1;
    const [kind, pair] = ended ? meaning(word) : [];
    if (pair) take(kind, pair);
    return !pair;
  });
  const last = kept.join("").trim().match(/^(.+\s)(today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/i);
  let text = kept.join("");
  if (last && (all || /\s$/.test(text))) { facts.due = new Map([[dayFrom(last[2].toLowerCase()), last[2].toLowerCase()]]); text = last[1]; changed = true; }
  if (changed) field.value = text.replace(/ {2,}/g, " ").replace(/^ /, "");
  return changed;
}

export function strip(text) { return text.split("\n").map((line) => line.trim()).filter(Boolean).join("\n"); }

export function chips(host, facts) {
  host.replaceChildren();
  for (const [kind, all] of Object.entries(facts)) for (const [value, name] of all) host.append(chip(host, facts, kind, value, name));
}

function chip(host, facts, kind, value, name) {
  const made = Object.assign(document.createElement("span"), { className: "chip is-on" });
  const x = Object.assign(document.createElement("button"), { type: "button", className: "chip-x", onclick: () => { facts[kind].delete(value); chips(host, facts); } });
  x.setAttribute("aria-label", `Without ${name}`);
  x.append(icon("x", "icon-xs"));
  made.append(icon({ assignee: "user", label: "tag", priority: `priority-${value}`, due: "calendar" }[kind], "icon-s"), Object.assign(document.createElement("span"), { textContent: name }), x);
  return made;
}
