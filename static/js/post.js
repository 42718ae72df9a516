// A change by this page: through the queue where it can be kept, and what came of it told to the page.
import { key, keeps, put } from "app/queue";
import { direct, told, token } from "app/wire";
import { words } from "app/words";

export { told, token };

export class Refused extends Error {
  constructor(sentence, status, fields = {}) { super(sentence); Object.assign(this, { status, fields }); }
}

const WORDS = {
  0: "No connection. Nothing was saved.", 401: "You are signed out. Sign in again in another tab, then retry.", 403: "You may not do that.",
  404: "That is no longer there.", 409: "Somebody changed this meanwhile. Here is the fresh state.", 413: "That is too large.", 429: "Too fast. Try again in a moment.",
};

export function wordsFor(status) { return WORDS[status] ?? "Something went wrong here. Nothing was saved."; }

// Resolves with `done` when it is saved, or with `queued`, its id in the queue, when it has to wait; refused, it raises Refused.
export async function post(url, fields = {}, { method = "POST", quiet = false, part = "", way = "" } = {}) {
  const { pathname, search } = new URL(url, location.href), change = { url: pathname + search, method, fields, part };
  const kept = keeps(url), outcome = kept ? await put({ ...change, words: words(change) }) : await direct({ ...change, id: key() });
  if (outcome.queued) tell("flow:sent", { url: change.url, fields, queued: outcome.queued });
  if (outcome.queued || outcome.discarded) return outcome;
  if (outcome.later) throw new Refused(wordsFor(0), 0);
  if (outcome.refused) throw refusal(outcome.refused);
  finish(change, outcome, { quiet, way });
  return outcome;
}

export function refusal({ sentence, status, fields, html }) {
  return Object.assign(new Refused(sentence ?? wordsFor(status), status, fields), html && { conflict: Promise.resolve(html) });
}

export function finish({ url, fields }, { done, redirect }, extra) {
  tell("flow:sent", { url, fields });
  if (done) tell("flowboard:done", { ...done, ...extra });
  if (redirect) location.assign(redirect);
}

function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }

// What waited has been answered: from this page or an earlier one, or by another tab.
addEventListener("flow:sent-late", ({ detail: { one, outcome } }) => { if (!outcome.refused) finish(one, { ...outcome, redirect: "" }, { quiet: true }); });
