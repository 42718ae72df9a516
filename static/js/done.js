// After a change, from whichever door: the toast, the way back, and fresh pieces of page.
import { refuse, remember, toast, undoChange } from "app/toast";
import { staleAfter } from "app/fragments";
import { post, wordsFor } from "app/post";

addEventListener("flowboard:done", ({ detail }) => {
  if (detail.change) remember(detail.change, detail.way);
  if (detail.sentence && !detail.quiet) toast(detail.sentence.replace(/^Undone: Undo: /, "Redone: "), { undo: detail.change, words: detail.way === "undo" ? "Redo" : "Undo" });
  staleAfter(detail);
});

addEventListener("flowboard:refused", ({ detail }) => toast(detail.sentence, { danger: true }));

addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.getResponseHeader("X-Conflict")) return; // conflict.js shows it
  if (!(detail.xhr.getResponseHeader("HX-Trigger") ?? "").includes("flowboard:refused")) toast(wordsFor(detail.xhr.status), { danger: true });
  if (detail.xhr.status === 409) staleAfter({});
});
// A form that came back refused: what is wrong may be above what is seen.
addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (detail.xhr.status !== 422) return;
  const wrong = target.querySelector(":is(input, select, textarea)[aria-invalid=true]");
  wrong?.focus({ preventScroll: true });
  (wrong ?? target.querySelector("[role=alert]"))?.scrollIntoView({ block: "center" });
});
addEventListener("htmx:sendError", () => toast(wordsFor(0), { danger: true }));

addEventListener("click", (event) => {
  const undo = event.target.closest?.("[data-undo]");
  if (undo) undoChange(undo.dataset.undo);
  const copy = event.target.closest?.("[data-copy]");
  if (copy) copyText(copy.dataset.copy);
  const toggle = event.target.closest?.("[data-toggle]");
  if (toggle) flip(toggle);
});

export async function copyText(text) {
  const full = text.startsWith("/") ? location.origin + text : text;
  try { await navigator.clipboard.writeText(full); toast("Copied."); } catch { toast(`Copy this: ${full}`); }
}

// A checkbox in a menu that is saved at once: shown first, the server's word follows.
async function flip(item) {
  const on = item.getAttribute("aria-checked") !== "true";
  item.setAttribute("aria-checked", on);
  try {
    await post(item.dataset.toggle, { [item.dataset.name]: item.dataset.value, on: on ? 1 : 0 });
  } catch (error) {
    item.setAttribute("aria-checked", !on);
    refuse(error);
  }
}
