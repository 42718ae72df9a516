// Behind the status line: what waits and what was refused, in words; sent again, looked at, copied or given up one by one.
import { $, icon } from "app/dom";
import { ask } from "app/dialogs";
import { copyText } from "app/done";
import { openAt } from "app/menu";
import { refusal } from "app/post";
import { again, discard, entries, flush } from "app/queue";
import { online, retry, state } from "app/status";
import { typed } from "app/words";

const panel = make("div", { className: "menu waiting", id: "waiting", popover: "auto" });
panel.setAttribute("role", "dialog");
panel.setAttribute("aria-label", "What is not saved yet");
addEventListener("flow:queue", () => panel.matches(":popover-open") && draw());

addEventListener("flow:waiting", ({ target }) => {
  if (!panel.isConnected) document.body.append(panel);
  draw();
  openAt(panel, target);
});

function draw() {
  const all = entries(), back = document.activeElement?.dataset.act;
  panel.replaceChildren(make("div", { className: "menu-title", textContent: all.length ? summary(all) : "Nothing waits" }), all.length ? list(all) : make("p", { className: "menu-empty", textContent: nothing() }), ...(all.length ? [foot(all)] : []));
  if (back && !panel.contains(document.activeElement)) ($(`[data-act="${back}"]`, panel) ?? $("button", panel))?.focus();
}

function summary(all) {
  const refused = all.filter((one) => one.refused).length, waiting = all.length - refused;
  return [waiting && `${waiting} waiting${online() ? "" : ", no connection"}`, refused && `${refused} not saved`].filter(Boolean).join(" · ");
}

const nothing = () => ({ offline: "Everything you did is saved. There is no connection: what you do now is kept here until there is.", failed: "Something could not be kept. Press retry." }[state()] ?? "Everything you did is saved.");

function list(all) {
  const rows = make("ul", { className: "waiting-list" });
  rows.setAttribute("role", "list");
  rows.append(...all.map(row));
  return rows;
}

function row(one) {
  const item = make("li", { className: one.refused ? "waiting-item is-refused" : "waiting-item" }), text = make("div", { className: "waiting-words" });
  text.append(make("b", { textContent: one.words }), make("span", { className: "muted small", textContent: one.refused ? reason(one) : `Waiting since ${clock(one.at)}` }));
  const said = typed(one.fields);
  if (one.refused && said) text.append(make("p", { className: "waiting-said", textContent: said, dir: "auto" }));
  item.append(icon(one.refused ? "circle-alert" : "clock", "icon-s"), text, acts(one, said));
  return item;
}

const reason = ({ refused }) => refused.sentence ?? (refused.status === 409 ? "Somebody changed the same meanwhile." : refusal(refused).message);
const clock = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(at);

function acts(one, said) {
  const host = make("div", { className: "waiting-acts" });
  if (one.refused?.html) host.append(button(one, "Compare", () => { panel.hidePopover(); compare(one); }));
  else if (one.refused) host.append(button(one, one.refused.status === 409 ? "Apply anyway" : "Try again", () => again(one.id)));
  if (one.refused && said) host.append(button(one, "Copy", () => copyText(said)));
  host.append(button(one, "Discard", () => giveUp([one], `Discard “${one.words}”?`)));
  return host;
}

// The side-by-side view takes it from here; what is chosen there is a change of its own.
function compare(one) {
  document.dispatchEvent(new CustomEvent("flow:conflict", { bubbles: true, detail: { html: one.refused.html } }));
  addEventListener("flow:settled", ({ detail }) => { if (detail.url === one.url) discard(one.id); }, { once: true });
}

function foot(all) {
  const host = make("div", { className: "waiting-foot" });
  if (all.some((one) => !one.refused)) host.append(button({ id: "all" }, "Retry now", () => { retry(); flush(); }));
  host.append(button({ id: "all" }, "Discard all", () => giveUp(all, `Discard all ${all.length}? They were not saved.`)));
  return host;
}

async function giveUp(some, question) {
  panel.hidePopover();
  if (!(await ask(question, { yes: "Discard" }))) return;
  for (const one of some) discard(one.id);
  document.dispatchEvent(new CustomEvent("flow:discarded", { bubbles: true }));
}

function button(one, words, onclick) {
  const made = make("button", { type: "button", className: "btn btn-s", textContent: words, onclick });
  made.dataset.act = `${words} ${one.id}`;
  if (one.words) made.setAttribute("aria-label", `${words}: ${one.words}`);
  return made;
}

function make(tag, facts) { return Object.assign(document.createElement(tag), facts); }
