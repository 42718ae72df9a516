// Two people changed one thing: the server's side-by-side view, the choice in it, and saving what was chosen.
// Any part of the page shows it by `flow:conflict` with the answer's HTML; what came of it is told by `flow:settled`.
import { $, $$ } from "app/dom";
import { show } from "app/dialogs";
import { load } from "app/load";
import { post, wordsFor } from "app/post";
import { refuse, toast } from "app/toast";

addEventListener("flow:conflict", ({ detail }) => open(detail.html));

export function open(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("conflict");
  if (!fresh) { toast(wordsFor(409), { danger: true }); return; }
  $("#conflict")?.remove();
  const dialog = document.importNode(fresh, true);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => click(dialog, event.target));
  dialog.addEventListener("submit", (event) => { event.preventDefault(); save(dialog); });
  dialog.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); save(dialog); } });
  load(dialog);
  show(dialog);
  $(":checked", dialog)?.focus();
}

function click(dialog, target) {
  const take = target.closest("[data-take]");
  if (take) for (const one of $$(`[value="${take.dataset.take}"]`, dialog)) one.checked = true;
  const together = target.closest("[data-together]");
  if (together) write(dialog, together);
}

// One text with everything in it, to work on by hand; back again, the choices stand as they were.
function write(dialog, button) {
  const field = $(".conflict-whole", dialog), on = field.hidden;
  if (on && (!field.value || field.value === field.flowMade)) field.value = field.flowMade = value(dialog, "both");
  button.setAttribute("aria-pressed", on);
  field.hidden = !on;
  $("[data-sides]", dialog).hidden = on;
  (on ? field : $(":checked", dialog))?.focus();
}

// What is chosen: a text put together from its parts, or the one value.
function value(dialog, all) {
  const parts = JSON.parse(dialog.dataset.parts);
  const chosen = parts.map((part, place) => (part.kind === "clash" ? pick(part, all ?? $(`[name="choice-${place}"]:checked`, dialog).value) : [part.text])).flat();
  return parts.length === 1 && chosen.length === 1 ? chosen[0] ?? "" : joined(chosen.map((one) => one ?? ""));
}

const pick = (part, side) => (side === "both" ? [part.theirs, part.yours] : [part[side]]);

// As the server joins them: an empty line between any two that have none.
function joined(pieces) {
  return pieces.filter(Boolean).reduce((whole, piece) => {
    const ends = whole ? (/[ \t\n]*$/.exec(whole)[0].match(/\n/g) ?? []).length : 2;
    return whole + "\n".repeat(Math.max(0, 2 - ends)) + piece;
  }, "");
}

async function save(dialog) {
  const { url, field, version } = dialog.dataset, whole = $(".conflict-whole", dialog), button = $(".btn-primary", dialog);
  const text = whole && !whole.hidden ? whole.value : value(dialog);
  button.setAttribute("aria-busy", "true");
  try {
    await post(url, { [field]: text, version });
    dialog.close();
    document.dispatchEvent(new CustomEvent("flow:settled", { bubbles: true, detail: { url, field, text } }));
  } catch (error) { refuse(error); } finally { button.removeAttribute("aria-busy"); }
}

// Forms that htmx sends.
addEventListener("htmx:responseError", ({ detail }) => { if (detail.xhr.getResponseHeader("X-Conflict")) open(detail.xhr.responseText); });
