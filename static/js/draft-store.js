// Drafts as they are written down: in this browser at once, on the server two seconds later. One person's, by place.
import { close, token } from "app/wire";
import { heard, online } from "app/status";

const { user, workspace } = document.body.dataset;
const OWN = `draft:${user}:${workspace ?? ""}:`;
const API = `/api/v1/workspaces/${workspace}/drafts/`;
const KEPT = 30 * 86_400_000;
const unwritten = new Map();
let timer, running = null, again = false;

export const on = Boolean(user) && !("viewing" in document.body.dataset) && (Boolean(workspace) || /^\/(workspaces\/new|profile)\/$/.test(location.pathname));

// { text, base, at, version, synced } and, where another device has written too, `other`; `gone` until the server knows.
export function draft(place) {
  if (unwritten.has(place)) return unwritten.get(place);
  try { return JSON.parse(localStorage.getItem(OWN + place)); } catch { return null; }
}

export function places() {
  return Object.keys(localStorage).filter((name) => name.startsWith(OWN)).map((name) => name.slice(OWN.length));
}

// The place that a change of the store is about, if it is one of this person's drafts here.
export function placeIn(name) { return name?.startsWith(OWN) ? name.slice(OWN.length) : ""; }

export function write(place, one) {
  try { localStorage.setItem(OWN + place, JSON.stringify(one)); unwritten.delete(place); } catch { unwritten.set(place, one); }
}

export function drop(place) { localStorage.removeItem(OWN + place); unwritten.delete(place); }

export function keep(place, text, base) {
  const was = draft(place);
  if (was && !was.gone && was.text === text) return;
  write(place, { text, base, at: Date.now(), version: was?.version ?? 0, synced: false, ...(was?.other && { other: was.other }) });
  soon();
}

// It was saved or given up: nothing is left here, and soon nothing there.
export function end(place) {
  const was = draft(place);
  if (!was) return;
  if (workspace && (was.version || running)) { write(place, { gone: true, at: Date.now(), version: was.version }); soon(); } else drop(place);
}

export function soon(wait = 2000) {
  if (!workspace) return;
  clearTimeout(timer);
  timer = setTimeout(sync, wait);
}

// One at a time; what was typed meanwhile goes out in the next round.
export async function sync({ last = false } = {}) {
  if (!workspace || (running && !last)) { again = true; return; }
  running = send(last);
  await running;
  running = null;
  if (again) { again = false; soon(500); }
}

async function send(last) {
  for (const place of places()) {
    const one = draft(place);
    if (!one || one.synced || one.other) continue;
    const answer = await (one.gone ? ask(`${API}?place=${encodeURIComponent(place)}`, "DELETE", null, last) : ask(API, "PUT", { place, text: one.text, base_version: one.base, version: one.version }, last));
    if (!answer) { if (!last) soon(15_000); return; }
    take(place, one, answer.status, answer.ok && !one.gone ? await answer.json() : answer.status === 412 ? (await answer.json()).current : null);
  }
}

function take(place, sent, status, told) {
  const now = draft(place);
  if (!now) return;
  if (sent.gone) { if (now.gone) drop(place); return; }
  if (status === 412) { write(place, { ...now, other: told, version: told.version }); document.dispatchEvent(new CustomEvent("flow:draft-other", { bubbles: true, detail: { place } })); return; }
  if (!told) { if (status < 500) write(place, { ...now, synced: true }); return; } // refused for good: kept here alone
  write(place, now.gone ? { ...now, version: told.version } : { ...now, version: told.version, synced: now.text === sent.text });
  if (now.gone || now.text !== sent.text) again = true;
}

async function ask(url, method, body, last = false) {
  const headers = { Accept: "application/json", "X-User": user, "X-CSRFToken": token(), ...(body && { "Content-Type": "application/json" }) };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), keepalive: last && JSON.stringify(body ?? "").length < 60_000, ...(!last && { signal: AbortSignal.timeout(20_000) }) }).catch(() => null);
  if (!last) heard(Boolean(answer));
  if (answer?.status === 401) close("signed out");
  return answer && (answer.status === 401 || answer.status === 403 || answer.status === 429 || answer.status >= 500) ? null : answer;
}

// What other devices have: newer words come here, and what was saved or given up there goes here too.
export async function bring() {
  if (!workspace || !on) return;
  const answer = await ask(`${API}?limit=100`, "GET", null);
  if (!answer?.ok) return;
  const { results } = await answer.json(), there = new Map(results.map((one) => [one.place, one]));
  for (const [place, one] of there) meet(place, one);
  for (const place of places()) { const mine = draft(place); if (mine?.synced && mine.version && !there.has(place)) ended(place, mine.text); }
}

function ended(place, text) {
  drop(place);
  document.dispatchEvent(new CustomEvent("flow:draft-ended", { bubbles: true, detail: { place, text } }));
}

function meet(place, { text, base_version: base, version, updated_at: when }) {
  const mine = draft(place), theirs = { text, base, at: Date.parse(when), version, synced: true };
  if (mine?.gone || mine?.version === version) return;
  if (!mine || mine.synced || mine.text === text) write(place, theirs);
  else if (theirs.at > mine.at) write(place, { ...theirs, synced: false, other: { text: mine.text, base_version: mine.base, version } });
  else write(place, { ...mine, version, other: { text, base_version: base, version } });
}

if (on) {
  for (const place of places()) if ((draft(place)?.at ?? 0) < Date.now() - KEPT) drop(place);
  addEventListener("flow:online", () => soon(200));
  addEventListener("flow:signed-in", () => soon(200));
  if (online() && places().some((place) => !draft(place)?.synced)) soon(500);
}
