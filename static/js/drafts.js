// Every field that somebody writes in keeps what is not saved: after a crash, in another tab, on another device, after a sign-in
// that ran out the words are back, with the version that they were begun on.
import { $$ } from "app/dom";
import { bring, draft, end, keep, on, placeIn, sync, write } from "app/draft-store";

const FIELDS = "textarea, input:not([type]), input[type=text], input[type=url]";
// what is looked for, chosen from, or secret is no writing
const NOT = "[data-menu-filter], [data-no-draft], [autocomplete=one-time-code], [name=q], [name=confirm], [name=code], [readonly], :disabled, form[method=get] *, [data-filter-text] *, flow-palette *, #conflict *";
const SENT = "drafts-sent";
const timers = new Map(), looked = new WeakMap(), typed = new WeakMap();
const { workspace } = document.body.dataset;

export const writes = (field) => on && field instanceof HTMLElement && field.matches(FIELDS) && !field.matches(NOT) && Boolean(field.name || field.id || field.closest("[data-draft-place]"));

// Which field: the address that it is sent to, below the workspace, and its name.
export function placeOf(field) {
  const own = field.closest("[data-draft-place]")?.dataset.draftPlace, form = field.form;
  if (own) return own;
  const url = field.dataset.autosave ?? form?.dataset.url ?? form?.dataset.add ?? form?.getAttribute("hx-post") ?? form?.getAttribute("action");
  return placeAt(url || field.closest("#pane")?.dataset.url || location.pathname, field.name || field.id);
}

function placeAt(url, name) {
  const path = new URL(url, location.href).pathname.replace(`/w/${workspace}/`, "").replace(/^\/|\/$/g, "");
  return `${path.replaceAll("/", ":")}:${name}`.slice(0, 200);
}

const base = (field) => Number(field.dataset.version ?? field.form?.dataset.version ?? 0);

addEventListener("input", ({ target }) => {
  if (!writes(target)) return;
  target.autocomplete = "off"; // or a browser would show it again to whoever signs in next
  clearTimeout(timers.get(target));
  typed.set(target, placeOf(target));
  timers.set(target, setTimeout(() => save(target), 250));
});

function save(field) {
  clearTimeout(timers.get(field));
  if (!timers.delete(field)) return;
  if (field.value === field.defaultValue) endDraft(field); else keep(placeOf(field), field.value, base(field));
}

// The last moment of a page, and of a phone's tab in the background.
function saveAll() {
  const some = timers.size > 0;
  for (const field of [...timers.keys()]) save(field);
  if (some) sync({ last: true });
}
addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", () => { if (document.hidden) saveAll(); });

export function endDraft(field) {
  clearTimeout(timers.get(field));
  timers.delete(field);
  if (!on) return;
  end(placeOf(field));
  note(field)?.remove();
}

// Saved, or written down in the queue, where it waits with all its words.
addEventListener("flow:sent", ({ detail: { url, fields } }) => {
  for (const name of Object.keys(fields)) {
    const place = placeAt(url, name), one = on && draft(place);
    if (!one || one.gone || plain(one.text) !== plain(fields[name])) continue; // more was typed meanwhile
    end(place);
    noteAt(place)?.remove();
  }
});
const plain = (text) => String(text).replace(/\s+/g, " ").trim();
addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.carried || detail.requestConfig.verb === "get" || !detail.successful || detail.xhr.status === 422) return;
  for (const field of $$(FIELDS, detail.elt)) if (writes(field)) endDraft(field);
});

// A form that leads to another page: what the next page shows tells whether it was taken.
addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || !on || target.matches("[hx-post], [data-url], [data-add]")) return;
  saveAll();
  const some = $$(FIELDS, target).filter(writes).map(placeOf);
  if (some.length) sessionStorage.setItem(SENT, JSON.stringify({ some, from: location.href }));
});
function endSent() {
  const { some = [], from } = JSON.parse(sessionStorage.getItem(SENT) ?? "{}");
  sessionStorage.removeItem(SENT);
  const here = new Map($$(FIELDS).filter(writes).map((field) => [placeOf(field), field]));
  if (document.referrer === from) for (const place of some) if (!here.has(place) || here.get(place).defaultValue === draft(place)?.text) end(place);
}

export function restore(root = document) {
  if (on) for (const field of $$(FIELDS, root)) if (writes(field)) look(field);
}

function look(field) {
  const place = placeOf(field), one = draft(place);
  if (!one || one.gone || typed.get(field) === place || looked.get(field) === `${place} ${one.at}`) return;
  if (one.text === field.defaultValue && !one.other) return end(place);
  if (field.value !== field.defaultValue && field.value !== one.text) return;
  const closed = field.form?.matches("[data-editor][hidden]");
  if (closed && !document.documentElement.flowEditor) return; // editor.js looks again when it is here
  looked.set(field, `${place} ${one.at}`);
  fill(field, one);
  if (closed) field.form.dispatchEvent(new CustomEvent("flow:draft", { bubbles: true }));
  offer(field, place, one);
}

// The save goes on from what the words were begun on, so that a change that came between is merged or shown.
function fill(field, one) {
  field.value = one.text;
  const versioned = field.dataset.version ? field : field.form;
  if (one.base && versioned?.dataset.version) versioned.dataset.version = one.base;
}

const noteAt = (place) => $$(".draft-note").find((one) => one.dataset.place === place);
const note = (field) => noteAt(placeOf(field));

function offer(field, place, one) {
  noteAt(place)?.remove();
  const line = make("div", { className: "banner is-accent draft-note" }), words = one.other ? "You wrote here on two devices. This is what was written here." : "Your unsaved words are back.";
  line.dataset.place = place;
  line.setAttribute("data-keep", "");
  line.setAttribute("role", "status");
  line.append(make("span", { className: "grow", textContent: words }));
  if (one.other) line.append(button("Show the other", () => swap(field, place)), button("Keep this", () => choose(field, place)));
  line.append(button("Discard", () => { field.value = field.defaultValue; endDraft(field); field.dispatchEvent(new CustomEvent("flow:draft-discarded", { bubbles: true })); }));
  const editor = field.closest("[data-editor]");
  if (editor) editor.prepend(line); else (field.closest(".check, .add-line, .one-line, .row, .label-line") ?? field).after(line);
}

// The two texts take turns until one is chosen; none is lost before.
function swap(field, place) {
  const one = draft(place);
  if (!one?.other) return;
  const { text, base_version: version } = one.other;
  write(place, { ...one, text, base: version, at: Date.now(), other: { ...one.other, text: one.text, base_version: one.base } });
  fill(field, draft(place));
}

function choose(field, place) {
  const { other, ...one } = draft(place) ?? {};
  if (other) write(place, { ...one, synced: false, at: Date.now() });
  sync();
  offer(field, place, { ...one });
}

function button(words, onclick) { return make("button", { type: "button", className: words === "Discard" ? "btn btn-ghost btn-s" : "btn btn-s", textContent: words, onclick }); }
function make(tag, facts) { return Object.assign(document.createElement(tag), facts); }

addEventListener("focusin", ({ target }) => { if (writes(target)) look(target); });
for (const name of ["flow:pane", "flow:visited", "flow:morphed"]) addEventListener(name, () => restore());
addEventListener("flow:draft-other", ({ detail: { place } }) => { const field = $$(FIELDS).filter(writes).find((one) => placeOf(one) === place); if (field) offer(field, place, draft(place)); });
// Another tab or device has saved it or given it up: it is not unsaved here either.
addEventListener("flow:draft-ended", ({ detail: { place, text } }) => {
  for (const field of $$(FIELDS).filter(writes)) {
    if (placeOf(field) !== place || field.value !== text || field === document.activeElement) continue;
    field.value = field.defaultValue;
    noteAt(place)?.remove();
  }
});
addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (!on || !oldValue || (newValue && !JSON.parse(newValue).gone)) return;
  const place = placeIn(key);
  if (place) document.dispatchEvent(new CustomEvent("flow:draft-ended", { bubbles: true, detail: { place, text: JSON.parse(oldValue).text } }));
});

if (on) {
  endSent();
  restore();
  bring().then(() => restore());
}
