// Words that others may change meanwhile: that is said beside them; and a form that htmx sends carries the version that its words
// were begun on, so that the server merges both, or shows them.
import { $$ } from "app/dom";

const FORM = "form[data-version]:not([data-editor])";

addEventListener("flow:changed-elsewhere", ({ target, detail }) => {
  const form = target.closest("[data-editor]"), host = form ?? target.parentElement, who = detail.by || "Somebody";
  host.querySelector(":scope > .stale-note")?.remove();
  const note = Object.assign(document.createElement("div"), { className: "banner is-accent stale-note" });
  note.setAttribute("data-keep", "");
  note.setAttribute("role", "status");
  const shut = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-s", textContent: "OK", onclick: () => note.remove() });
  note.append(Object.assign(document.createElement("span"), { className: "grow", textContent: `${who} changed this meanwhile. It comes together with yours when you save.` }), shut);
  if (form) form.prepend(note); else target.after(note);
});

addEventListener("htmx:configRequest", ({ detail: { elt, formData } }) => {
  if (elt.matches(FORM)) formData.set("version", elt.dataset.version);
});

// Saved as it stood when it was sent: only what was typed since is still in hand, and the page may draw the rest afresh.
addEventListener("htmx:afterRequest", ({ detail: { elt, successful, requestConfig, xhr } }) => {
  if (!successful || !elt.matches?.(FORM)) return;
  for (const [name, value] of requestConfig.formData) if (elt.elements[name]?.localName) elt.elements[name].defaultValue = value;
  for (const note of $$(".stale-note", elt)) note.remove();
  const done = JSON.parse(xhr.getResponseHeader("HX-Trigger") ?? "{}")["flowboard:done"];
  if (done?.version && !done.merged) elt.dataset.version = done.version;
});

// A conflict was settled in its dialog: what was chosen is saved and stands here too, and the rest of the form goes after it.
addEventListener("flow:settled", ({ detail: { url, field, text } }) => {
  for (const form of $$(FORM)) {
    if (form.getAttribute("hx-post") !== url || !form.elements[field]) continue;
    form.elements[field].value = form.elements[field].defaultValue = text;
    form.requestSubmit();
  }
});
