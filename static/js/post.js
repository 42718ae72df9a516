// Send a change to the server, tell the page what came of it, and keep the status line true.
import { report } from "app/status";

export class Refused extends Error {
  constructor(sentence, status, fields = {}) { super(sentence); Object.assign(this, { status, fields }); }
}

const WORDS = {
  0: "No connection. Nothing was saved.", 401: "You are signed out. Sign in again in another tab, then retry.", 403: "You may not do that.",
  404: "That is no longer there.", 409: "Somebody changed this meanwhile. Here is the fresh state.", 413: "That is too large.", 429: "Too fast. Try again in a moment.",
};

export function token() { return document.querySelector('meta[name="csrf-token"]').content; }

export function told(response, name) {
  try { return JSON.parse(response.headers.get("HX-Trigger") ?? "{}")[name]; } catch { return undefined; }
}

export function wordsFor(status) { return WORDS[status] ?? "Something went wrong here. Nothing was saved."; }

export async function post(url, fields = {}, { method = "POST", quiet = false, part = "", way = "" } = {}) {
  const send = async () => {
    report("saving");
    let response;
    try {
      response = await fetch(url, { method, body: method === "DELETE" && !Object.keys(fields).length ? undefined : encode(fields), headers: { "X-CSRFToken": token(), "HX-Request": "true", ...(part && { "X-Part": part }) } });
    } catch {
      report("failed", () => send().catch(() => {}));
      throw new Refused(wordsFor(0), 0);
    }
    return settle(response, { quiet, way });
  };
  return send();
}

function settle(response, extra) {
  if (!response.ok) {
    report(response.status >= 500 ? "failed" : "saved");
    const refused = told(response, "flowboard:refused") ?? {};
    // where two people changed the same the answer shows both: conflict.js
    throw Object.assign(new Refused(refused.sentence ?? wordsFor(response.status), response.status, refused.fields), response.headers.has("X-Conflict") && { conflict: response.text() });
  }
  report("saved");
  const done = told(response, "flowboard:done");
  if (done) document.dispatchEvent(new CustomEvent("flowboard:done", { bubbles: true, detail: { ...done, ...extra } }));
  return { response, done };
}

function encode(fields) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one ?? "");
  return body;
}
