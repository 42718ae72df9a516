// The inbox: items walked by keys, opened beside the list, and each done, snoozed or muted without leaving it.
import { $, $$, isTyping } from "app/dom";
import { go } from "app/router";
import { openAt } from "app/menu";
import { post } from "app/post";
import { hold, refresh, release } from "app/fragments";
import { refuse, toast } from "app/toast";
import "app/pane";

let about = null; // the item that an open menu is about

class Inbox extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("keydown", (event) => this.keys(event));
    this.addEventListener("focusin", ({ target }) => this.rove(target.closest(".inbox-item")));
    this.addEventListener("submit", (event) => { event.preventDefault(); if (event.target.checkValidity()) this.snooze($("input", event.target).value); });
    addEventListener("flow:morphed", () => this.sync(), { signal });
    addEventListener("flow:inbox-changed", () => refresh(["inbox"]), { signal });
    addEventListener("flow:pane", ({ detail }) => { this.sync(); if (!detail.ref && detail.was) $(`.inbox-item[data-ref="${detail.was}"]`, this)?.focus({ preventScroll: true }); }, { signal });
    document.addEventListener("keydown", (event) => this.enter(event), { signal });
    this.sync();
  }

  disconnectedCallback() { this.gone.abort(); }

  get items() { return $$(".inbox-item", this); }

  sync() {
    const open = $("#pane")?.dataset.ref;
    for (const item of this.items) item.classList.toggle("is-open", !!open && item.dataset.ref === open);
    if (!$('.inbox-item[tabindex="0"]', this)) $(".inbox-item", this)?.setAttribute("tabindex", "0");
  }

  rove(item) {
    if (!item) return;
    for (const one of $$('.inbox-item[tabindex="0"]', this)) one.tabIndex = -1;
    item.tabIndex = 0;
  }

  click(event) {
    const { target } = event, item = target.closest(".inbox-item") ?? about;
    if (target.closest("[data-read-all]")) return this.readAll();
    if (target.closest("[data-do]")) return this.act(item, target.closest("[data-do]").dataset.do);
    if (target.closest("[data-snooze]")) return this.menu(item, "snooze-menu", target.closest("[data-snooze]"));
    if (target.closest("[data-why]")) return this.menu(item, "why-menu", target.closest("[data-why]"));
    if (target.closest("[data-until]")) return this.snooze(target.closest("[data-until]").dataset.until);
    if (target.closest("[data-mark]")) return this.act(about, about.classList.contains("is-unread") ? "read" : "unread");
    if (target.closest("[data-stop]")) return this.send(about.dataset.watch, { level: "muted" }, { level: "" });
    if (target.closest("[data-mute-reason]")) return this.send(this.dataset.mute, { reason: about.dataset.reason, on: 1 });
    if (target.closest("a") && item) this.seen(item);
  }

  keys(event) {
    const item = event.target.closest(".inbox-item");
    if (!item || isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey || event.target.closest("[popover]")) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step) {
      const items = this.items, to = items[items.indexOf(item) + step];
      event.preventDefault();
      to?.focus({ preventScroll: true });
      to?.scrollIntoView({ block: "nearest" });
      return;
    }
    const act = event.target === item || event.key.length === 1 ? this.actOf(event.key, item) : null;
    if (act) { event.preventDefault(); act(); }
  }

  actOf(key, item) {
    const has = (name) => $(name, item);
    return {
      Enter: () => this.open(item), e: () => has("[data-do='done'], [data-do='undone']").click(), u: () => this.act(item, item.classList.contains("is-unread") ? "read" : "unread"),
      s: () => has("[data-snooze], [data-do='wake']")?.click(), m: () => has("[data-why]").click(),
    }[key];
  }

  enter(event) {
    if (event.defaultPrevented || (document.activeElement !== document.body && document.activeElement?.id !== "main")) return;
    if (!["ArrowDown", "ArrowUp", "j", "k"].includes(event.key) || document.querySelector(":popover-open:not(.toasts, .tip)")) return;
    event.preventDefault();
    $('.inbox-item[tabindex="0"]', this)?.focus();
  }

  open(item) {
    const link = $("a", item);
    if (!link) return;
    this.seen(item);
    go(link.href);
  }

  seen(item) {
    if (!item.classList.contains("is-unread")) return;
    item.classList.remove("is-unread");
    post(item.dataset.url, { do: "read" }).catch(refuse);
  }

  menu(item, id, anchor) {
    about = item;
    const menu = document.getElementById(id);
    for (const [name, value] of Object.entries({ because: item.dataset.because, "stop-ref": item.dataset.ref, "mute-chip": item.dataset.chip })) {
      const place = $(`[data-${name}]`, menu);
      if (place) place.textContent = value ?? "";
    }
    if (id === "why-menu") {
      $("[data-stop]", menu).hidden = !item.dataset.ref;
      $("[data-mark] > span", menu).textContent = item.classList.contains("is-unread") ? "Mark as read" : "Mark as unread";
    }
    openAt(menu, anchor);
  }

  snooze(until) {
    document.getElementById("snooze-menu").hidePopover();
    return this.act(about, "snooze", { until });
  }

  // The list shows at once what comes of it; the server's word follows.
  act(item, what, more = {}) {
    const leaves = !["read", "unread"].includes(what);
    if (leaves) this.leave(item); else item.classList.toggle("is-unread", what === "unread");
    return this.send(item.dataset.url, { do: what, ...more }).catch(() => {});
  }

  leave(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const held = item.contains(document.activeElement) || document.activeElement === document.body;
    item.remove();
    if (held && next?.matches(".inbox-item")) { this.rove(next); next.focus({ preventScroll: true }); }
  }

  readAll() {
    for (const item of this.items) item.classList.remove("is-unread");
    return this.send(this.dataset.all, { box: this.dataset.box });
  }

  async send(url, fields, back) {
    hold(); // what is drawn meanwhile would not know of it yet
    try {
      const { sentence, undo } = (await post(url, fields)).done?.inbox ?? {};
      const way = undo ?? back;
      if (sentence) toast(sentence, { undo: way ? () => this.send(url, way) : null });
    } catch (error) { refuse(error); } finally { release(); }
    changed();
  }
}
customElements.define("flow-inbox", Inbox);

function changed() { document.dispatchEvent(new CustomEvent("flow:inbox-changed", { bubbles: true })); }
