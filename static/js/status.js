// The status line of truth: saving · saved · waiting (n) · offline · not saved – retry. It is counted from what is there, each
// time anew: the requests under way, the queue as it is written down, and whether the server was heard.
const flying = new Set(), unsaved = new Map();
let queue = { saving: 0, waiting: 0, refused: 0, loose: 0 }, live = true, reached = true;

export const online = () => navigator.onLine && (live || reached);

// A request that no queue keeps; what comes back ends it, once.
export function fly() {
  const one = {};
  flying.add(one);
  show();
  return () => { flying.delete(one); show(); };
}

// What was not saved and is kept by this page alone; `again` sends it once more.
export function failed(key, again) { unsaved.set(key, again); show(); }
export function settled(key) { if (unsaved.delete(key)) show(); }
export function tally(counts) { queue = counts; show(); }

// Whether the socket lives, as live.js hears it; whether the last request of any kind came to the server.
export function connection(up) { hear(up, up); }
export function heard(answered) { hear(live && answered, answered); }

function hear(socket, answered) {
  const before = online();
  [live, reached] = [socket, answered];
  show();
  if (!before && online()) dispatchEvent(new CustomEvent("flow:online"));
}

export function state() {
  if (queue.refused || unsaved.size) return "failed";
  if (flying.size || queue.saving) return "saving";
  if (queue.waiting) return "waiting";
  return online() ? "saved" : "offline";
}

const WORDS = {
  failed: () => "Not saved", saving: () => "Saving", waiting: () => `Waiting (${queue.waiting})`, saved: () => "Saved", offline: () => "Offline",
};
const TIPS = {
  failed: () => "Something was not saved. It is kept: look at it.", saving: () => "On its way to the server",
  waiting: () => (online() ? "Kept here, and sent again in a moment" : "Offline. Kept here, and sent when the line is back"),
  saved: () => (live ? "Everything is saved" : "Everything is saved. Looking for what is new every 30 s"), offline: () => "No connection. Looking every 30 s",
};

function show() { for (const line of document.querySelectorAll("flow-status")) draw(line); }

function draw(line) {
  const now = state(), words = WORDS[now](), text = line.querySelector(".status-text"), again = line.querySelector(".status-again");
  line.dataset.state = now;
  line.firstElementChild.dataset.tip = TIPS[now]();
  if (text.textContent !== words) text.textContent = words;
  again.hidden = now !== "failed";
  again.lastElementChild.textContent = unsaved.size ? "retry" : "look";
}

// What the list behind the line is for (waiting.js), and what can be sent again without looking.
export function retry() {
  const all = [...unsaved.values()];
  unsaved.clear();
  show();
  for (const again of all) again();
  return all.length > 0;
}

addEventListener("offline", () => heard(false));
addEventListener("online", () => dispatchEvent(new CustomEvent("flow:online")));
// Only what would really be lost is worth a question: what is written down is sent the next time.
addEventListener("beforeunload", (event) => { if (flying.size || unsaved.size || queue.loose) event.preventDefault(); });
for (const name of ["flow:morphed", "flow:visited"]) addEventListener(name, show);

customElements.define("flow-status", class extends HTMLElement {
  connectedCallback() {
    draw(this);
    this.addEventListener("click", ({ target }) => {
      if (!target.closest("[data-again]") || !retry()) this.dispatchEvent(new CustomEvent("flow:waiting", { bubbles: true }));
    });
  }
});
