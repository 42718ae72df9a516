// What htmx sends: changes of a task go through the queue, all others are told to the status line.
import { $, $$ } from "app/dom";
import { key, keeps } from "app/queue";
import { post } from "app/post";
import { failed, fly, heard, settled } from "app/status";
import { refuse } from "app/toast";

const keys = new WeakMap();
const changes = ({ verb }) => verb !== "get";

addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig: asked, elt } = event.detail;
  if (!changes(asked) || elt.getAttribute("hx-swap") !== "none" || !keeps(asked.path) || !/^\/w\/[^/]+\/t\//.test(asked.path)) return;
  const fields = grouped(asked.formData);
  if (!fields) return;
  event.preventDefault();
  carry(elt, asked, fields);
});

// Files do not wait: they are too large to be written down.
function grouped(data) {
  const fields = {};
  for (const [name, value] of data) {
    if (typeof value !== "string") return null;
    if (name !== "csrfmiddlewaretoken") fields[name] = name in fields ? [fields[name], value].flat() : value;
  }
  return fields;
}

async function carry(elt, asked, fields) {
  const opener = elt.closest("[popover]")?.flowOpener;
  try {
    const { queued } = await post(asked.path, fields, { method: asked.verb.toUpperCase() });
    if (queued) pending(elt, opener, queued);
    document.dispatchEvent(new CustomEvent("htmx:afterRequest", { bubbles: true, detail: { elt, requestConfig: asked, successful: true, failed: false, carried: true, xhr: { status: 204, getResponseHeader: () => null } } }));
  } catch (error) { refuse(error); }
}

// Shown as chosen, and marked, until the server has it.
function pending(elt, opener, id) {
  if (elt.getAttribute("role") !== "menuitemradio" || !opener) return;
  for (const one of $$("[role=menuitemradio]", elt.parentElement)) one.setAttribute("aria-checked", one === elt);
  $("span", opener).textContent = $("span", elt).textContent;
  wait(opener, id);
}

export function wait(element, id) {
  element.classList.add("is-pending");
  element.dataset.waiting = id;
}

// A stand-in leaves when its change is answered or given up; what is real is marked no longer.
addEventListener("flow:queue", ({ detail: { ids } }) => {
  for (const one of $$("[data-waiting]")) {
    if (ids.has(one.dataset.waiting)) continue;
    if (one.hasAttribute("data-ghost")) { one.remove(); continue; }
    one.classList.remove("is-pending");
    delete one.dataset.waiting;
  }
});

addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get" || detail.elt.getAttribute("hx-swap") !== "none" || !keeps(detail.path)) return;
  const sign = `${detail.verb} ${detail.path} ${JSON.stringify(grouped(detail.formData))}`;
  if (keys.get(detail.elt)?.sign !== sign) keys.set(detail.elt, { sign, key: key() });
  detail.headers["Idempotency-Key"] = keys.get(detail.elt).key;
});
addEventListener("htmx:beforeSend", ({ detail: { requestConfig, xhr, elt } }) => {
  if (!changes(requestConfig)) return;
  const end = fly();
  // before htmx follows an answer to another page: that it leaves is no loss to ask about
  xhr.addEventListener("readystatechange", () => xhr.readyState === XMLHttpRequest.DONE && xhr.status && end());
  xhr.addEventListener("loadend", () => {
    heard(xhr.status > 0);
    if (xhr.status) { keys.delete(elt); settled(elt); } else failed(elt, () => window.htmx.trigger(elt, requestConfig.triggeringEvent?.type ?? "click"));
    end();
  });
});
