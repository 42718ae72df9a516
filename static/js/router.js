// Moving about in a workspace without a reload: a task opens beside the board, other pages are swapped in.
import { $, $$ } from "app/dom";
import { load } from "app/load";
import { fetchParts, morph, refresh } from "app/fragments";
import { toast } from "app/toast";

let visit = 0;
const host = () => $("#pane-host");
const sheet = () => $("flow-board, flow-list, flow-inbox");
const isTask = (url) => /^\/w\/[^/]+\/t\/[^/]+\/$/.test(url.pathname);

export function go(to, { push = true } = {}) {
  const url = new URL(to, location.href);
  if (isTask(url) && sheet() && host()) return openPane(url, push);
  const here = sheet() && new URL(sheet().dataset.url, location.href);
  if (here && here.pathname === url.pathname) return showSheet(url, here, push);
  return swap(url, push);
}

async function openPane(url, push) {
  const mine = ++visit;
  const late = setTimeout(() => mine === visit && waiting(), 300);
  try {
    const { response, page } = await fetchParts(url, ["pane"]);
    if (mine !== visit) return;
    const fresh = page.getElementById("pane");
    if (!response.ok || !fresh) { if (response.status === 404) { toast("That task is no longer there.", { danger: true }); return; } location.assign(url); return; }
    const was = $("#pane");
    host().replaceChildren(document.importNode(fresh, true));
    host().hidden = false;
    load(host());
    const pane = $("#pane");
    document.title = `${pane.getAttribute("aria-label")} · FlowBoard`;
    if (push && location.pathname !== url.pathname) history.pushState({ pane: true }, "", url);
    if (!was || !was.contains(document.activeElement)) pane.focus({ preventScroll: true });
    tell("flow:pane", { ref: pane.dataset.ref });
  } catch { toast("No connection. The task could not be opened.", { danger: true }); } finally { clearTimeout(late); }
}

function waiting() {
  const bone = Object.assign(document.createElement("div"), { className: "skeleton grow" });
  host().hidden = false;
  if (!$("#pane")) host().replaceChildren(bone);
}

export function closePane({ push = true } = {}) {
  visit += 1;
  const ref = $("#pane")?.dataset.ref;
  if (!sheet() || !host() || host().hidden) { const board = $("#pane")?.dataset.board; if (board) go(board); return; }
  host().hidden = true;
  host().replaceChildren();
  if (push) history.pushState({}, "", sheet().dataset.url);
  document.title = `${$(".top h1")?.textContent.trim() ?? "Board"} · FlowBoard`;
  tell("flow:pane", { ref: null, was: ref });
}

function showSheet(url, here, push) {
  if (host() && !host().hidden) closePane({ push: false });
  if (push) history.pushState({}, "", url);
  if (here.search === url.search) return;
  sheet().dataset.url = url.pathname + url.search;
  return refresh(sheet().localName === "flow-board" ? ["board"] : ["main"]);
}

async function swap(url, push) {
  const mine = ++visit;
  if (!document.body.dataset.workspace || !url.pathname.startsWith(`/w/${document.body.dataset.workspace}/`)) return location.assign(url);
  try {
    const response = await fetch(url, { headers: { "X-Visit": "true" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("main");
    if (mine !== visit) return;
    if (!fresh || page.body.dataset.workspace !== document.body.dataset.workspace) return location.assign(url);
    if (push) history.pushState({}, "", response.url);
    install(page, fresh);
  } catch { location.assign(url); }
}

function install(page, fresh) {
  for (const open of $$("dialog[open]")) open.close();
  host().hidden = true;
  host().replaceChildren();
  const folded = document.body.classList.contains("is-folded");
  document.body.className = page.body.className;
  document.body.classList.toggle("is-folded", folded);
  document.title = page.title;
  $("#main").replaceWith(document.importNode(fresh, true));
  const nav = page.getElementById("sidebar");
  if (nav) morph($("#sidebar"), nav);
  const lines = page.getElementById("banners");
  if (lines) $("#banners").replaceWith(document.importNode(lines, true));
  load($("#main"));
  load($("#sidebar"));
  for (const one of page.querySelectorAll("flow-toasts template")) toast(one.content.textContent.trim(), { danger: one.dataset.message === "error" });
  if (!location.hash) scrollTo(0, 0);
  $("#main").focus({ preventScroll: true });
  tell("flow:visited", {});
}

function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.hasAttribute("data-pane-close")) { event.preventDefault(); return closePane(); }
  const { workspace } = document.body.dataset;
  if (!workspace || link.target || link.hasAttribute("download") || link.origin !== location.origin || link.closest("[data-full]") || !link.pathname.startsWith(`/w/${workspace}/`)) return;
  if (link.pathname === location.pathname && link.hash) return;
  event.preventDefault();
  link.closest("dialog[open]")?.close();
  go(link.href);
});

addEventListener("popstate", () => go(location.href, { push: false }));
addEventListener("flow:pane-gone", () => { toast("This task is no longer there."); closePane(); });

// Folding the sidebar is kept in a cookie, so that the server draws it folded at once.
addEventListener("click", (event) => { if (event.target.closest?.("[data-fold]")) fold(); });
export function fold() {
  const folded = document.body.classList.toggle("is-folded");
  document.cookie = `sidebar=${folded ? "folded" : "open"};path=/;max-age=31536000;samesite=lax`;
}
