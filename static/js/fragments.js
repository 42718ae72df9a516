// Fetch what is stale in one request and morph it in: never over a form being edited, never under a card in the hand.
import { Idiomorph } from "idiomorph";
import { $, $$, glide, calm } from "app/dom";
import { load } from "app/load";

const heads = new Map();      // fragment name → seq it is known to include
const GAP = 250;              // ms between two fetches: a burst of changes is a few of them
const LONGEST = 30_000;       // ms between two tries while the server does not answer
let stale = new Set(), waiting = null, held = 0, timer = 0, fetched = -GAP, tries = 0, notBefore = 0;

export function hold() { held += 1; }
export function release() { held = Math.max(0, held - 1); if (!held && stale.size) soon(); }
export function includes(name, seq) { return (heads.get(name) ?? 0) >= seq; }

// Everything of this page that lives.
export function allNames() {
  const names = [];
  if ($("flow-board")) names.push("board");
  if ($("flow-list")) names.push("list");
  if ($("flow-inbox")) names.push("inbox");
  if ($("#pane")) names.push("pane");
  if ($("#main [data-live]") && !names.length) names.push("main");
  return names;
}

export function staleAfter({ statusIds, key, sidebar }) {
  const names = allNames().filter((name) => name !== "board");
  if ($("flow-board")) names.push(...(statusIds?.length ? statusIds.map((id) => `column-${id}`) : ["board"]));
  if (!names.length && $("#main") && !$("#main form[data-dirty]")) names.push("main");
  if (sidebar && $("#sidebar")) names.push("sidebar");
  return refresh(names, { key });
}

export function refresh(names) {
  for (const name of names) stale.add(name);
  const { promise } = next();
  notBefore = 0;
  soon();
  return promise;
}

function next() { return waiting ??= Promise.withResolvers ? Promise.withResolvers() : defer(); }

function defer() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(run, Math.max(25, Math.max(fetched + GAP, notBefore) - performance.now()));
}

// The events that made these stale do not come again, so it is asked until there is an answer.
function later(names) {
  for (const name of names) stale.add(name);
  notBefore = performance.now() + Math.min(LONGEST, 1000 * 2 ** tries++) * (0.5 + Math.random() / 2);
}

addEventListener("online", () => { notBefore = 0; if (stale.size) soon(); });

async function run() {
  if (held || !stale.size) return;
  fetched = performance.now();
  const names = [...stale], done = waiting;
  stale = new Set();
  waiting = null;
  held += 1;
  try {
    await Promise.all([...bySource(names)].map(([url, some]) => bring(url, some)));
  } catch (error) { reportError(error); } finally {
    release();
    if (held && names.some((name) => stale.has(name))) next().promise.then(() => done?.resolve());
    else done?.resolve();
  }
}

function bySource(names) {
  const sources = new Map();
  const add = (url, name) => sources.set(url, [...(sources.get(url) ?? []), name]);
  const board = $("flow-board"), list = $("flow-list"), inbox = $("flow-inbox"), pane = $("#pane");
  for (const name of names) {
    if (name === "pane") pane && add(pane.dataset.url, name);
    else if (name === "list") list && add(list.dataset.url, name);
    else if (name === "inbox") inbox && add(inbox.dataset.url, name);
    else if (name === "board" || name.startsWith("column-")) board && !(name !== "board" && names.includes("board")) && add(board.dataset.url, name);
    else add(location.pathname + location.search, name);
  }
  return sources;
}

function asked(name) {
  const shown = name.startsWith("column-") ? $$(".card", document.getElementById(name) ?? document.createElement("i")).length : 0;
  if (name === "board") return [name, ...$$(".column").map((one) => [one, $$(".card", one).length]).filter(([, n]) => n > 50).map(([one, n]) => `${one.id}:${n}`)].join(",");
  return shown > 50 ? `${name}:${shown}` : name;
}

export async function fetchParts(url, names) {
  const response = await fetch(url, { headers: { "X-Fragments": names.map(asked).join(","), "HX-Request": "true" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { response, page, head: Number(response.headers.get("X-Head") ?? 0) };
}

async function bring(url, names) {
  const brought = await fetchParts(url, names).catch(() => null);
  if (!brought || brought.response.status === 429 || brought.response.status >= 500) return later(names);
  tries = 0;
  const { response, page, head } = brought;
  if (response.status === 404) return gone(names);
  if (!response.ok) return;
  if (held > 1) return names.forEach((name) => stale.add(name)); // taken in hand while this was under way: drawn once it is let go
  const before = places(), back = focused();
  for (const name of names) {
    const fresh = page.getElementById(name), old = document.getElementById(name);
    if (!fresh || !old) { if (old && name.startsWith("column-")) refresh(["board"]); continue; }
    if (head) heads.set(name, head);
    morph(old, fresh);
    load(old);
  }
  back();
  travel(before);
  document.dispatchEvent(new CustomEvent("flow:morphed", { bubbles: true, detail: { names } }));
}

function gone(names) {
  if (names.includes("pane")) document.dispatchEvent(new CustomEvent("flow:pane-gone", { bubbles: true }));
}

// What the person has in hand stays as it is.
function edited(node) {
  if (!(node instanceof HTMLElement)) return false;
  if (node.hasAttribute("data-open") || node.localName === "flow-status") return true; // the status is this page's own
  if (!node.matches("input, textarea, select")) return false;
  if (node === document.activeElement && node.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return true;
  return node.matches("textarea, input:not([type=checkbox], [type=radio], [type=hidden])") && node.value !== node.defaultValue;
}

const KEPT = new Set(["open", "data-open", "aria-expanded", "tabindex", "data-popover"]);

export function morph(old, fresh, style = "outerHTML") {
  Idiomorph.morph(old, fresh, {
    morphStyle: style, restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (was, now) => {
        if (!edited(was)) return true;
        noteChange(was, now);
        return false;
      },
      beforeNodeRemoved: (node) => !(node instanceof HTMLElement && (node.hasAttribute("data-keep") || node.matches(".drop-gap, .is-away") || node.querySelector("[data-open]"))),
      beforeAttributeUpdated: (name, node, kind) => !(name === "data-version" && [...(node.elements ?? [])].some(edited)) && !(KEPT.has(name) && (name !== "tabindex" || node.hasAttribute(name))) && !(name === "hidden" && node.parentElement?.querySelector(":scope > [data-open]")) && !(kind === "remove" && name === "style"),
    },
  });
}

function noteChange(was, now) {
  const field = was.matches("input, textarea, select") ? was : was.querySelector("textarea");
  const other = now.matches?.("input, textarea, select") ? now : now.querySelector?.("textarea");
  if (field && other?.defaultValue === field.defaultValue && now.dataset?.version) was.dataset.version = now.dataset.version;
  if (!field || !other || other.defaultValue === undefined || other.defaultValue === field.defaultValue || other.defaultValue === field.value) return;
  field.dispatchEvent(new CustomEvent("flow:changed-elsewhere", { bubbles: true, detail: { value: other.defaultValue, by: (now.closest?.("[data-by]") ?? now).dataset?.by } }));
}

// A card that was in focus keeps it where it is drawn afresh; the next one takes it when it is gone.
function focused() {
  const one = document.activeElement, ids = [one, one?.nextElementSibling, one?.previousElementSibling].map((node) => node?.id).filter(Boolean);
  return () => {
    if (!ids.length || (document.activeElement !== document.body && document.activeElement?.isConnected)) return;
    ids.map((id) => document.getElementById(id)).find(Boolean)?.focus({ preventScroll: true });
  };
}

// Cards that moved travel to where they are now.
function places() {
  if (calm()) return new Map();
  return new Map($$("#board .card:not(.is-away)").map((card) => [card.id, { box: card.getBoundingClientRect(), column: card.parentElement }]).filter(([, at]) => at.box.bottom > 0 && at.box.top < innerHeight));
}

function travel(before) {
  let many = 0;
  for (const [id, was] of before) {
    const card = document.getElementById(id);
    if (!card || many > 40) continue;
    if (card.parentElement === was.column) glide(card, was.box);
    else if (many++ < 12) fly(card, was.box);
  }
}

function fly(card, from) {
  const to = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.inert = true;
  ghost.classList.add("drag-ghost", "is-flying");
  ghost.style.width = `${to.width}px`;
  document.body.append(ghost);
  card.style.opacity = "0"; // hidden would lose the focus
  const run = ghost.animate([{ translate: `${from.left}px ${from.top}px` }, { translate: `${to.left}px ${to.top}px` }], { duration: 240, easing: "cubic-bezier(0.2, 0, 0, 1)" });
  run.onfinish = run.oncancel = () => { ghost.remove(); card.style.opacity = ""; };
}
