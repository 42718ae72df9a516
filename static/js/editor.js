// Longer text: opened in place, previewed by the server; what is not saved is kept by drafts.js.
import { $ } from "app/dom";
import { marked, unmark } from "app/aided";
import { wait } from "app/carry";
import { endDraft, restore } from "app/drafts";
import { post, token } from "app/post";
import { refuse } from "app/toast";

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-edit]");
  if (opener && !event.target.closest("a")) open(document.getElementById(opener.dataset.edit));
  if (event.target.closest?.("[data-editor-cancel]")) close(event.target.closest("[data-editor]"));
  const preview = event.target.closest?.("[data-preview-toggle]");
  if (preview) show(preview);
});

function open(form, { focus = true } = {}) {
  if (!form) return;
  form.hidden = false;
  form.setAttribute("data-open", "");
  reading(form, true);
  const field = $("textarea", form);
  if (form.dataset.opened === undefined) { form.dataset.opened = field.defaultValue.length; restore(form); }
  if (!focus) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function reading(form, hidden) {
  const text = form.parentElement.querySelector(":scope > .described, :scope > [data-reading]");
  if (text) text.hidden = hidden;
}

function close(form) {
  const field = $("textarea", form);
  field.value = field.defaultValue;
  unmark(field);
  form.flowSuggestion?.discard();
  endDraft(field);
  $(".stale-note", form)?.remove();
  if (form.dataset.editor === "new") return;
  form.removeAttribute("data-open");
  delete form.dataset.opened;
  form.hidden = true;
  reading(form, false);
  $("#pane")?.focus({ preventScroll: true });
}

async function show(button) {
  const form = button.closest("[data-editor]"), pane = $("[data-preview]", form), field = $("textarea", form);
  const on = pane.hidden;
  button.setAttribute("aria-pressed", on);
  pane.hidden = !on;
  field.hidden = on;
  if (!on) { field.focus(); return; }
  try {
    const response = await fetch(button.dataset.previewToggle, { method: "POST", body: new URLSearchParams({ text: field.value }), headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
    if (!response.ok) throw new Error();
    pane.innerHTML = (await response.text()) || "";
  } catch { pane.textContent = "The preview needs a connection."; }
}

addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-editor]");
  if (form) { event.preventDefault(); save(form); }
});
addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-editor]");
  if (!form) return;
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); save(form); }
  if (event.key === "Escape") { event.stopPropagation(); if (form.dataset.editor === "new" || $("textarea", form).value !== $("textarea", form).defaultValue) event.target.blur(); else close(form); }
});
// Unsaved words of a form that is closed: it opens with them.
addEventListener("flow:draft", ({ target }) => open(target, { focus: false }));
addEventListener("flow:draft-discarded", ({ target }) => { const form = target.closest("[data-editor]"); if (form) close(form); });

async function save(form) {
  const field = $("textarea", form), text = field.value, fresh = form.dataset.editor === "new";
  if (fresh && !text.trim()) return;
  if (!fresh && text === field.defaultValue) return close(form);
  const button = $(".btn-primary", form);
  button.setAttribute("aria-busy", "true");
  try {
    const ai = marked(field);
    const { done, queued } = await post(form.dataset.url, { [form.dataset.field]: text, ...(form.dataset.version && { version: form.dataset.version }), ...(ai && { ai }) });
    if (queued) stand(form, text, queued);
    if (form.dataset.version && done?.version && !done.merged) form.dataset.version = done.version;
    field.value = fresh ? "" : text;
    if (!fresh) field.defaultValue = text;
    close(form);
  } catch (error) { refuse(error); } finally { button.removeAttribute("aria-busy"); }
}

// What waits to be saved is shown as it was written, and marked.
function stand(form, text, id) {
  const shown = form.parentElement.querySelector(":scope > .described, :scope > [data-reading]");
  if (shown) { shown.replaceChildren(Object.assign(document.createElement("p"), { className: "as-typed", textContent: text, dir: "auto" })); wait(shown, id); return; }
  const ghost = form.closest(".comment").cloneNode(true), words = Object.assign(document.createElement("div"), { className: "comment-card" });
  words.append(Object.assign(document.createElement("p"), { className: "as-typed", textContent: text, dir: "auto" }), Object.assign(document.createElement("span"), { className: "muted small", textContent: "Waiting to be sent" }));
  $("form", ghost).replaceWith(words);
  for (const name of ["data-ghost", "data-keep"]) ghost.setAttribute(name, "");
  wait(ghost, id);
  form.closest(".comment").before(ghost);
}

// A conflict was settled in its dialog: what was chosen is saved, and stands here too.
addEventListener("flow:settled", ({ detail }) => {
  for (const form of document.querySelectorAll("[data-editor]:not([data-editor=new])")) {
    if (form.dataset.url !== detail.url || form.dataset.field !== detail.field) continue;
    const field = $("textarea", form);
    field.value = field.defaultValue = detail.text;
    close(form);
  }
});

document.documentElement.flowEditor = true;
restore();
