// One change over the wire: what the server said, or that it has to wait. A sign-in that ran out is waited for; another
// person's is never used.
import { fly, heard } from "app/status";

const PATIENCE = 20_000; // a line that is half open says nothing for ever
const LATER = new Set([408, 425, 429, 502, 503, 504]);
const meta = () => document.querySelector('meta[name="csrf-token"]');
const { user, workspace } = document.body.dataset;
let shut = ""; // why nothing is sent: "signed out", or "somebody else"

export const token = () => meta().content;
export const closed = () => shut;

export function told(response, name) {
  try { return JSON.parse(response.headers.get("HX-Trigger") ?? "{}")[name]; } catch { return undefined; }
}

export async function send(one, { fresh = false } = {}) {
  if (shut && workspace && !(await recognised())) return { later: PATIENCE };
  const response = await reach(one);
  if (!response) return { later: 1 };
  const refused = told(response, "flowboard:refused");
  if (response.status === 401 || response.type === "opaqueredirect") { close("signed out"); return { later: PATIENCE }; }
  if (response.status === 403 && refused?.fields?.csrfmiddlewaretoken && workspace && !fresh) return (await recognised()) ? send(one, { fresh: true }) : { later: PATIENCE };
  if (response.headers.get("HX-Redirect")?.startsWith("/second-factor/")) { location.assign(response.headers.get("HX-Redirect")); return { later: PATIENCE }; }
  if (LATER.has(response.status)) return { later: Number(response.headers.get("Retry-After") ?? 1) * 1000 };
  if (response.ok) return { status: response.status, done: told(response, "flowboard:done"), redirect: response.headers.get("HX-Redirect") };
  // where two people changed the same the answer shows both: conflict.js
  return { refused: { status: response.status, sentence: refused?.sentence, fields: refused?.fields, html: response.headers.has("X-Conflict") ? await response.text() : "" } };
}

async function reach({ url, method, fields, id, part }) {
  const body = method === "DELETE" && !Object.keys(fields).length ? undefined : encode(fields);
  const headers = { "X-CSRFToken": token(), "HX-Request": "true", "Idempotency-Key": id, ...(part && { "X-Part": part }) };
  const response = await fetch(url, { method, body, headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  heard(Boolean(response));
  return response;
}

export function encode(fields) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one ?? "");
  return body;
}

// Who is signed in by now, and the token that goes with it: asked before anything is sent after a sign-in.
export async function recognised() {
  const response = await fetch(`/w/${workspace}/session/`, { headers: { "HX-Request": "true" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  if (!response) { heard(false); return false; }
  if (!response.ok) { if (response.status < 500 && response.status !== 429) close("signed out"); return false; }
  const now = await response.json();
  if (now.user !== user) { close("somebody else"); return false; }
  meta().content = now.csrf;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": now.csrf }));
  const was = shut;
  shut = "";
  if (was) dispatchEvent(new CustomEvent("flow:signed-in"));
  return true;
}

export function close(why) {
  if (shut === why) return;
  shut = why;
  dispatchEvent(new CustomEvent("flow:signed-out", { detail: { why } }));
}

// A request beside the queue, with the status line told of it.
export async function direct(change) {
  const end = fly();
  try { return await send(change); } finally { end(); }
}
