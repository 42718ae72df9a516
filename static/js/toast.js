// Notices that leave by themselves; after a change they hold the way back for ten seconds.
import { post, Refused } from "app/post";
import { icon } from "app/dom";

const STAY = 10_000;
const ways = { undo: [], redo: [] };

export function toast(words, { undo = null, danger = false, words: label = "Undo" } = {}) {
  const host = document.querySelector("flow-toasts");
  const note = document.createElement("div");
  note.className = danger ? "toast is-danger" : "toast";
  note.setAttribute("role", danger ? "alert" : "status");
  note.append(icon(danger ? "circle-alert" : "circle-check"), Object.assign(document.createElement("span"), { textContent: words }));
  if (undo) note.append(button(label, "", () => { leave(note); undoChange(undo, label === "Redo" ? "redo" : "undo"); }));
  note.append(button("", "toast-x", () => leave(note)));
  host.append(note);
  while (host.childElementCount > 2) host.firstElementChild.remove();
  raise(host);
  stay(note);
}

// The way back is the newest change made here; the way forth is what was taken back last.
export async function undoChange(change = ways.undo.at(-1), way = "undo") {
  if (typeof change === "function") return change();
  if (!change) return toast(way === "undo" ? "Nothing to undo on this page." : "Nothing to redo.");
  ways[way] = ways[way].filter((one) => one !== change);
  try { await post(`/w/${document.body.dataset.workspace}/changes/${change}/undo/`, {}, { way }); } catch (error) { refuse(error); }
}

export const redoChange = () => undoChange(ways.redo.at(-1), "redo");

export function refuse(error) {
  if (!(error instanceof Refused)) throw error;
  if (error.conflict) return error.conflict.then((html) => document.dispatchEvent(new CustomEvent("flow:conflict", { bubbles: true, detail: { html } })));
  toast(error.message, { danger: true });
}

export function remember(change, way) {
  if (!way) ways.redo = [];
  ways[way === "undo" ? "redo" : "undo"].push(change);
}

// Above every dialog: the last one shown in the top layer wins.
function raise(host) {
  if (!host.showPopover) return;
  if (host.matches(":popover-open")) host.hidePopover();
  host.showPopover();
}

function stay(note) {
  let timer;
  const start = () => { timer = setTimeout(() => leave(note), STAY); };
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", start);
  note.addEventListener("focusin", () => clearTimeout(timer));
  start();
}

function leave(note) {
  note.classList.add("is-leaving");
  setTimeout(() => note.remove(), 160);
}

function button(words, className, onclick) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, onclick, textContent: words });
  if (!words) { made.append(icon("x", "icon-s")); made.setAttribute("aria-label", "Dismiss"); }
  return made;
}

customElements.define("flow-toasts", class extends HTMLElement {
  connectedCallback() {
    for (const one of this.querySelectorAll("template")) { toast(one.content.textContent.trim(), { danger: one.dataset.message === "error" }); one.remove(); }
  }
});
