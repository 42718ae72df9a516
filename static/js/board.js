// The board: cards by pointer and by keys, each move shown at once and then confirmed by the server.
import { $, $$, glide, isTyping, say } from "app/dom";
import { Drag } from "app/drag";
import { refresh } from "app/fragments";
import { Lift } from "app/lift";
import { openAt } from "app/menu";
import { wait } from "app/carry";
import { post, Refused } from "app/post";
import { go } from "app/router";
import { copyText } from "app/done";
import { refuse, toast } from "app/toast";
import "app/filters";
import "app/pane";
import "app/quick-add";
import "app/columns";

const STEPS = { ArrowUp: [0, -1], k: [0, -1], ArrowDown: [0, 1], j: [0, 1], ArrowLeft: [-1, 0], h: [-1, 0], ArrowRight: [1, 0], l: [1, 0] };

class Board extends HTMLElement {
  connectedCallback() {
    this.queue = Promise.resolve();
    this.gone = new AbortController();
    const { signal } = this.gone;
    if (this.hasAttribute("data-may-edit")) {
      this.drag = new Drag(this, { drop: (card, home, list) => this.place(card, home, list), fixedOrder: () => this.filtered });
      this.lift = new Lift(this);
    }
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("keydown", (event) => this.keys(event));
    this.addEventListener("focusin", (event) => this.rove(event.target.closest(".card")));
    $(".columns", this).addEventListener("scroll", () => this.markTab(), { passive: true });
    addEventListener("flow:morphed", () => this.sync(), { signal });
    addEventListener("flow:pane", (event) => this.paneChanged(event.detail), { signal });
    document.addEventListener("keydown", (event) => this.enter(event), { signal });
    this.sync();
  }

  disconnectedCallback() { this.gone.abort(); }
  get filtered() { return new URL(this.dataset.url, location.href).search !== ""; }
  get cards() { return $$(".card:not(.is-away)", this); }
  column(card) { return card.closest(".column"); }

  // After a morph: one card is the tab stop, the open one is marked, the tab of the column in view too.
  sync() {
    const open = $("#pane")?.dataset.ref;
    for (const card of $$(".card.is-open", this)) if (card.dataset.ref !== open) card.classList.remove("is-open");
    if (open) document.getElementById(`task-${open}`)?.classList.add("is-open");
    if (!$('.card[tabindex="0"]', this)) $(".card", this)?.setAttribute("tabindex", "0");
    this.markTab();
  }

  rove(card) {
    if (!card) return;
    for (const one of $$('.card[tabindex="0"]', this)) if (one !== card) one.tabIndex = -1;
    card.tabIndex = 0;
  }

  paneChanged({ ref, was }) {
    this.sync();
    if (!ref && was) document.getElementById(`task-${was}`)?.focus({ preventScroll: true });
  }

  click(event) {
    const tab = event.target.closest("[data-go-column]");
    if (tab) return document.getElementById(`column-${tab.dataset.goColumn}`)?.scrollIntoView({ behavior: "smooth", inline: "start", block: "nearest" });
    const card = event.target.closest(".card");
    if (event.target.closest("[data-card]")) return this.menuPick(event.target.closest("[data-card]"));
    if (!card || this.drag?.justDropped || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (event.target.closest(".card-more")) { event.preventDefault(); return this.menu(card, event.target.closest(".card-more")); }
    event.preventDefault();
    card.focus({ preventScroll: true });
    this.open(card);
  }

  open(card) { go($(".card-title", card).href); }

  menu(card, anchor) {
    const menu = $("#card-menu", this);
    this.menuCard = card;
    const here = this.column(card).dataset.status;
    for (const one of $$('[data-card="move"]', menu)) one.setAttribute("aria-checked", one.dataset.to === here);
    openAt(menu, anchor);
  }

  menuPick(item) {
    const card = this.menuCard && document.getElementById(this.menuCard.id), todo = item.dataset.card;
    if (!card) return;
    const base = this.dataset.taskBase.replace("REF", card.dataset.ref);
    if (todo === "open") return this.open(card);
    if (todo === "link") return copyText(base);
    if (todo === "me") return this.assignMe(card);
    if (todo === "archive") return post(`${base}archive/`).then(() => {}, refuse);
    const column = todo === "move" ? document.getElementById(`column-${item.dataset.to}`) : this.column(card);
    if (todo === "move" && column === this.column(card)) return;
    this.put(card, column, todo === "bottom" ? "end" : "top");
    card.focus();
  }

  assignMe(card) {
    post(`${this.dataset.taskBase.replace("REF", card.dataset.ref)}assignees/`, { user: document.body.dataset.user, on: 1 }).catch(refuse);
  }

  put(card, column, where) {
    const list = $(".cards", column), home = { list: card.parentElement, next: card.nextElementSibling };
    const from = card.getBoundingClientRect();
    if (where === "end") list.insertBefore(card, $(":scope > .cards-more, :scope > .cards-empty", list)); else list.prepend(card);
    glide(card, from);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.place(card, home, list, where === "end" && $(":scope > .cards-more", list) ? "end" : undefined);
  }

  // The card already stands there; now ask. Refused: it glides home and says why.
  place(card, home, list, after = previousRef(card)) {
    if (this.filtered && list === home.list) { toast("The order is fixed while a filter is on."); this.revert(card, home); return; }
    const [from, to] = [home.list.closest(".column"), list.closest(".column")];
    this.recount(from, to);
    say(where(card, this));
    this.queue = this.queue.then(() => this.send(card, { status: to.dataset.status, after: this.filtered ? "" : after }, home, [from, to]));
  }

  async send(card, fields, home, columns) {
    const url = `${this.dataset.taskBase.replace("REF", card.dataset.ref)}place/`;
    const names = [...new Set(columns.map((one) => one.id))];
    try {
      const { done, queued } = await post(url, { ...fields, version: card.dataset.version });
      if (queued) return wait(card, queued);
      if (done?.version) card.dataset.version = done.version;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.revert(card, home);
      refuse(error);
      if (error.status === 409) names.splice(0, names.length, "board"); // it stands where somebody else has put it
    }
    await refresh(names);
  }

  revert(card, home) {
    const from = card.getBoundingClientRect();
    const before = home.next?.parentElement === home.list ? home.next : $(":scope > .cards-empty", home.list);
    home.list.insertBefore(card, before);
    glide(card, from);
  }

  recount(from, to) {
    if (from === to) return;
    for (const [column, step] of [[from, -1], [to, 1]]) {
      column.dataset.count = Number(column.dataset.count) + step;
      const count = $(".column-head .count", column);
      if (count?.firstChild?.nodeType === Node.TEXT_NODE && !this.filtered) count.firstChild.textContent = column.dataset.count;
      const tab = $(`#column-tab-${column.dataset.status} .count`, this);
      if (tab) tab.textContent = column.dataset.count;
    }
  }

  keys(event) {
    if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    const card = event.target.closest(".card");
    if (!card || event.target.closest(".menu")) return;
    if (this.lift?.keys(event, card)) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (STEPS[name]) { event.preventDefault(); return this.step(card, ...STEPS[name]); }
    const todo = { Enter: () => this.open(card), m: () => this.menu(card, card), ".": () => this.menu(card, card), i: () => this.drag && this.assignMe(card) }[name];
    if (todo) { event.preventDefault(); todo(); }
  }

  step(card, across, down) {
    const to = across ? this.beside(card, across) : neighbour(card, down);
    to?.focus({ preventScroll: true });
    to?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  beside(card, step) {
    const columns = $$(".column", this), y = card.getBoundingClientRect().top;
    for (let at = columns.indexOf(this.column(card)) + step; columns[at]; at += step) {
      const cards = $$(".card", columns[at]);
      if (cards.length) return cards.reduce((best, one) => (Math.abs(one.getBoundingClientRect().top - y) < Math.abs(best.getBoundingClientRect().top - y) ? one : best));
    }
    return null;
  }

  // An arrow from nowhere lands on the board's tab stop.
  enter(event) {
    if (event.defaultPrevented || document.activeElement !== document.body && document.activeElement?.id !== "main") return;
    if (!["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key) || $("dialog[open]")) return;
    event.preventDefault();
    $('.card[tabindex="0"]', this)?.focus();
  }

  markTab() {
    const strip = $(".columns", this), edge = strip.getBoundingClientRect().left + 24;
    const at = $$(".column", this).find((one) => one.getBoundingClientRect().right > edge);
    for (const tab of $$("[data-go-column]", this)) {
      if (tab.dataset.goColumn === at?.dataset.status) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
    }
  }
}

export function neighbour(card, step) {
  let at = card;
  do at = step > 0 ? at.nextElementSibling : at.previousElementSibling; while (at && !at.matches(".card:not(.is-away)"));
  return at;
}

export function previousRef(card) { return neighbour(card, -1)?.dataset.ref ?? ""; }

export function where(card, board) {
  const column = card.closest(".column"), columns = $$(".column", board), cards = $$(".card", column);
  return `${column.dataset.name}, column ${columns.indexOf(column) + 1} of ${columns.length}, position ${cards.indexOf(card) + 1} of ${cards.length}.`;
}

customElements.define("flow-board", Board);
