// The status line of truth: saving · saved · waiting · offline · not saved – retry.
let saving = 0, failed = [], offline = false;

export function report(state, retry) {
  if (state === "saving") saving += 1;
  else saving = Math.max(0, saving - 1);
  if (state === "failed" && retry) failed.push(retry);
  show();
}

export function connection(up) {
  offline = !up;
  show();
}

function show() {
  for (const line of document.querySelectorAll("flow-status")) draw(line);
}

function draw(line) {
  const state = failed.length ? "failed" : saving ? (offline ? "waiting" : "saving") : offline ? "offline" : "saved";
  const words = { failed: "Not saved", saving: "Saving", waiting: `Waiting (${saving})`, offline: "Offline, looking every 30 s", saved: "Saved" }[state];
  line.dataset.state = state;
  line.dataset.tip = words;
  const text = line.querySelector(".status-text");
  text.textContent = words;
  if (state !== "failed") return;
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: "retry", onclick: retry });
  text.append(" – ", again);
}

function retry() {
  const all = failed;
  failed = [];
  show();
  for (const one of all) one();
}

addEventListener("beforeunload", (event) => { if (saving || failed.length) event.preventDefault(); });
addEventListener("htmx:beforeRequest", ({ detail }) => detail.requestConfig.verb !== "get" && report("saving"));
addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "get") return;
  report(detail.failed && !detail.xhr.status ? "failed" : "saved", detail.xhr.status ? null : () => window.htmx.trigger(detail.elt, "click"));
});

customElements.define("flow-status", class extends HTMLElement { connectedCallback() { draw(this); } });
