// Changes on their way. Each is written down before it is sent, and forgotten when it is answered: so it survives a reload, a
// crash and a closed tab, is sent in order, by one tab at a time, and done once by its Idempotency-Key. A queue belongs to one
// person in one workspace; it is never sent as anybody else.
import { send } from "app/wire";
import { tally } from "app/status";

const { user, workspace } = document.body.dataset;
const OWN = `queue:${user}:${workspace}:`;
const DAY = 23 * 3600_000; // the server knows a key for 24 hours
const LONGEST = 30_000;
const loose = new Map(); // what no store took: kept by this page alone
const waiters = new Map();
const channel = "BroadcastChannel" in window ? new BroadcastChannel(OWN) : null;
let pause = 1000, timer, turn = Promise.resolve();
// Without a secure context there are no locks: then each tab takes turns with itself, and the keys keep the rest apart.
const alone = (task) => (navigator.locks ? navigator.locks.request(OWN, task) : (turn = turn.then(task, task)));

export const keeps = (url) => Boolean(user && workspace) && !("viewing" in document.body.dataset) && new URL(url, location.href).pathname.startsWith(`/w/${workspace}/`);

export function entries() {
  const kept = Object.keys(localStorage).filter((name) => name.startsWith(OWN)).map(read).filter(Boolean);
  return [...kept, ...loose.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

function read(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } }

function write(one) {
  try { localStorage.setItem(OWN + one.id, JSON.stringify(one)); loose.delete(one.id); } catch { loose.set(one.id, one); }
  count();
}

function forget(one) {
  localStorage.removeItem(OWN + one.id);
  loose.delete(one.id);
  count();
}

export function count() {
  const all = entries(), refused = all.filter((one) => one.refused).length, waiting = all.filter((one) => one.waits && !one.refused).length;
  tally({ refused, waiting, saving: all.length - refused - waiting, loose: loose.size });
  document.dispatchEvent(new CustomEvent("flow:queue", { bubbles: true, detail: { ids: new Set(all.filter((one) => !one.refused).map((one) => one.id)) } }));
}

// Resolves with the answer, or with `queued` as soon as it is known that the change has to wait.
export function put(change) {
  const last = entries().at(-1)?.order ?? 0;
  const one = { ...change, id: key(), at: Date.now(), order: Math.max(Date.now(), last + 1), waits: false };
  write(one);
  return new Promise((resolve) => { waiters.set(one.id, resolve); flush(); });
}

export function key() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function flush() {
  clearTimeout(timer);
  return alone(run);
}

async function run() {
  for (let one; (one = entries().find((each) => !each.refused)); ) {
    const outcome = one.tried && Date.now() - one.tried > DAY ? { refused: { status: 0, sentence: "This was on its way for more than a day and may have arrived. Look, then apply it again." } } : await attempt(one);
    if (outcome.later) return hold(outcome.later);
    pause = 1000;
    settle(one, outcome);
  }
}

async function attempt(one) {
  if (!navigator.onLine) return { later: pause };
  if (!one.tried) write({ ...one, tried: Date.now() });
  return send(one);
}

// The head could not be sent, so nothing behind it is: all wait, and whoever sent them is told.
function hold(wait) {
  for (const one of entries()) if (!one.refused && !one.waits) write({ ...one, waits: true });
  for (const one of entries()) tell(one.id, { queued: one.id });
  clearTimeout(timer);
  timer = setTimeout(flush, Math.max(wait, pause) * (0.5 + Math.random()));
  pause = Math.min(LONGEST, pause * 2);
}

function settle(one, outcome) {
  const kept = read(OWN + one.id) ?? loose.get(one.id); // discarded meanwhile: nothing to keep
  if (!outcome.refused) follow(one, outcome.done);
  if (!outcome.refused || waiters.has(one.id)) forget(one);
  else if (kept) write({ ...kept, refused: outcome.refused });
  const told = tell(one.id, outcome);
  channel?.postMessage({ id: one.id, outcome });
  if (!told) document.dispatchEvent(new CustomEvent("flow:sent-late", { bubbles: true, detail: { one, outcome } }));
}

function tell(id, outcome) {
  const resolve = waiters.get(id);
  waiters.delete(id);
  resolve?.(outcome);
  return Boolean(resolve);
}

// What is said about the same field after this one goes on from what it made. What another field is based on stays: only the
// server knows whether somebody else has changed that.
function follow(one, done) {
  if (!done?.version || done.merged || !one.fields.version) return;
  for (const next of entries()) {
    if (next.id !== one.id && !next.tried && aim(next) === aim(one) && String(next.fields.version) === String(one.fields.version)) write({ ...next, fields: { ...next.fields, version: done.version } });
  }
}

function aim({ url, fields }) {
  const names = Object.keys(fields).filter((name) => name !== "version" && name !== "ai").sort();
  return "status" in fields ? `${url.replace(/place\/$/, "")} place` : `${url} ${names}`;
}

// The person's own word on what waits or was refused.
export function discard(id) { const one = entries().find((each) => each.id === id); if (one) { forget(one); tell(id, { discarded: true }); } }
export function again(id) {
  const one = entries().find((each) => each.id === id);
  if (!one) return;
  const { version, ...fields } = one.fields;
  forget(one);
  write({ ...one, id: key(), fields: one.refused.status === 409 ? fields : one.fields, order: Math.max(Date.now(), (entries().at(-1)?.order ?? 0) + 1), refused: null, tried: 0, waits: true });
  flush();
}

addEventListener("storage", ({ key: name, newValue }) => {
  if (!name?.startsWith(OWN)) return;
  count();
  if (newValue && JSON.parse(newValue).waits) tell(name.slice(OWN.length), { queued: name.slice(OWN.length) });
});
channel?.addEventListener("message", ({ data: { id, outcome } }) => {
  if (!waiters.has(id)) return count();
  const kept = read(OWN + id);
  if (outcome.refused && kept) forget(kept); // whoever typed it is here, and is told
  tell(id, outcome);
});
addEventListener("flow:online", () => { if (entries().some((one) => one.waits && !one.refused)) { pause = 1000; clearTimeout(timer); timer = setTimeout(flush, 50); } });
addEventListener("flow:signed-in", flush);
addEventListener("pageshow", ({ persisted }) => { if (persisted) flush(); });
if (user && workspace) { count(); if (entries().length) flush(); }
