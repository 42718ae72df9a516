// The live client: events in order, each once; by socket while there is one, else by asking every 30 s.
import { $, say } from "app/dom";
import { allNames, includes, refresh } from "app/fragments";
import { connection, heard as reached } from "app/status";
import { close } from "app/wire";
import { ask } from "app/dialogs";
import { toast } from "app/toast";
import * as presence from "app/presence";

const { workspace, user } = document.body.dataset;
const EVENTS = `/api/v1/workspaces/${workspace}/events`;
let last = Number(document.body.dataset.head || 0), epoch = document.body.dataset.epoch;
const SILENT = 60_000; // a `head` comes every 25 s: a socket that says nothing is dead, though nobody has closed it
let socket, tries = 0, poll, retry, heard, catching = null, closedFor = null;

function connect() {
  clearTimeout(retry);
  heard = Date.now();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws/${workspace}/?after=${last}&epoch=${epoch}`);
  socket.onmessage = ({ data }) => { here(); for (const frame of [JSON.parse(data)].flat()) take(frame); };
  socket.onopen = () => presence.connected(send);
  socket.onclose = ({ code }) => lost(code);
}

export function send(text) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(text);
}

// Every socket is accepted, so that its close code can be read: only a frame shows that we are let in.
function here() {
  if (tries) document.dispatchEvent(new CustomEvent("flow:inbox-changed", { bubbles: true })); // nothing rang meanwhile
  tries = 0;
  heard = Date.now();
  poll = clearInterval(poll);
  connection(true);
}

function lost(code) {
  presence.lost();
  if (code === 4407 || code === 4423) return location.reload(); // the door leads to setting up a second factor; the page says what is suspended
  if (code === 4403) return shownOut(code);
  if (code === 4401) catchUp(); // signed out, or only a renewed session: the answer tells
  connection(false);
  poll ??= setInterval(catchUp, 30_000);
  const wait = Math.min(30_000, 500 * 2 ** tries++) * (0.5 + Math.random());
  clearTimeout(retry);
  retry = setTimeout(() => { if (!closedFor) connect(); }, wait);
}

// A line can die without a word (a closed lid, another network): whoever waits for its end waits for ever.
function abandon() {
  socket.onmessage = socket.onclose = null;
  socket.close();
  lost(1006);
}

function take(frame) {
  if (frame.event.startsWith("presence:")) return presence.take(frame);
  if (frame.event === "head") { if (frame.epoch && frame.epoch !== epoch) startOver(frame); else if (frame.seq > last) catchUp(); return; }
  if (frame.event === "inbox") return document.dispatchEvent(new CustomEvent("flow:inbox-changed", { bubbles: true }));
  if (frame.event === "resync") { startOver(frame); return; }
  if (!frame.seq || frame.seq <= last) return;
  if (frame.seq > last + 1) { catchUp(); return; }
  last = frame.seq;
  if (frame.event !== "cursor") apply(frame);
}

// What was missed, from the same rows in the same order; a whole page's worth at a time.
function catchUp() {
  if (closedFor) return Promise.resolve();
  catching ??= pull().catch(() => {}).finally(() => { catching = null; });
  return catching;
}

async function pull() {
  for (;;) {
    const response = await fetch(`${EVENTS}?after=${last}`, { headers: { Accept: "application/json" } });
    reached(true);
    if (response.status === 410 || response.status === 400) return startOver(await response.json().catch(() => ({})));
    if (response.status === 403 && (await response.clone().json().catch(() => ({}))).type?.endsWith("second-factor-required")) return location.reload();
    if (response.status === 401 || response.status === 403 || response.status === 404) return shownOut(response.status === 401 ? 4401 : 4403);
    if (!response.ok) return;
    const page = await response.json();
    if (page.epoch && page.epoch !== epoch) return startOver({ seq: page.head, epoch: page.epoch });
    for (const row of page.results) if (row.seq > last) { last = row.seq; if (row.event !== "cursor") apply(row); }
    if (page.results.length < 500) { last = Math.max(last, page.head ?? 0); return; }
  }
}

function startOver({ seq, head, epoch: fresh }) {
  last = Math.max(seq ?? 0, head ?? 0) || last;
  if (fresh) epoch = fresh;
  refresh(allNames());
}

function apply({ event, seq, data = {} }) {
  const names = staleNames(event, data).filter((name) => !includes(name, seq));
  if (names.length) refresh(names).then(() => mark(event, data));
}

function staleNames(event, data) {
  const sheet = $("flow-board, flow-list"), pane = $("#pane"), names = [];
  const noun = event.split(":")[0];
  if (sheet && (!data.projectId || data.projectId === sheet.dataset.project)) {
    if (sheet.localName === "flow-list") names.push("list");
    else if (data.statusIds?.length && noun !== "status") names.push(...data.statusIds.map((id) => `column-${id}`));
    else if (["task", "status", "label", "project", "comment", "change", "checklist", "dependency"].includes(noun)) names.push("board");
  }
  if (pane && (data.key === pane.dataset.ref || data.parentKey === pane.dataset.ref || ["status", "label"].includes(noun))) names.push("pane");
  if (data.key && $(`flow-inbox .inbox-item[data-ref="${data.key}"]`)) names.push("inbox"); // an item shows its task's title
  if (!sheet && !pane && $("#main [data-live]")) names.push("main");
  if (["project", "workspace", "role"].includes(noun) || event === "member:role_changed") names.push("sidebar");
  return names;
}

// Who did it, for a moment, on the card; spoken only where it touches the card in focus.
function mark(event, { key, by }) {
  const card = key && document.getElementById(`task-${key}`);
  if (!card || !by || by.id === user) return;
  card.classList.remove("is-changed");
  requestAnimationFrame(() => card.classList.add("is-changed"));
  const flag = Object.assign(document.createElement("span"), { className: "card-by", textContent: by.name });
  flag.setAttribute("data-keep", "");
  card.querySelector(":scope > .card-by")?.remove();
  card.append(flag);
  setTimeout(() => { flag.remove(); card.classList.remove("is-changed"); }, 2400);
  if (card === document.activeElement) say(`${by.name} changed ${key}.`);
}

async function shownOut(code) {
  if (closedFor) return;
  closedFor = code;
  poll = clearInterval(poll);
  if (code === 4401) return close("signed out"); // signed-out.js says so, and the page goes on when its person is back
  connection(false);
  const words = "You no longer have access to this workspace.";
  toast(words, { danger: true });
  if (await ask(words, { yes: "Leave this page", danger: false })) location.assign("/");
}

addEventListener("flow:signed-in", () => { if (closedFor === 4401) { closedFor = null; tries = 0; connect(); } });

addEventListener("online", () => { if (!closedFor && socket) { tries = 0; abandon(); } });
setInterval(() => { if (!closedFor && socket?.readyState <= 1 && Math.abs(Date.now() - heard) > SILENT) abandon(); }, 10_000);
addEventListener("offline", () => connection(false));
document.addEventListener("visibilitychange", () => { if (!document.hidden && !(socket?.readyState <= 1)) catchUp(); });
// Viewing as a role: the socket would tell what one sees oneself, so the page asks with the narrower eyes.
// Acting as somebody for the support: neither is open, and the page stays as it was drawn.
if (document.body.dataset.viewing === "still") { closedFor = "support"; connection(true); }
else if ("viewing" in document.body.dataset) { connection(true); poll = setInterval(catchUp, 10_000); } else connect();
