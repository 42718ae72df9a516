// Dragging cards with the pointer: four pixels with a mouse, a long press by touch. The caller says what a drop means.
import { $, $$ } from "app/dom";
import { hold, release } from "app/fragments";

const START = 4, PRESS = 320, SLOP = 9, EDGE = 56;

export class Drag {
  constructor(board, { drop, fixedOrder }) {
    Object.assign(this, { board, drop, fixedOrder, on: null, pending: null });
    board.addEventListener("pointerdown", (event) => this.press(event));
    board.addEventListener("dragstart", (event) => event.target.closest(".card") && event.preventDefault());
    board.addEventListener("touchmove", (event) => this.on && event.preventDefault(), { passive: false });
    board.addEventListener("contextmenu", (event) => (this.on || this.pending?.touch) && event.preventDefault());
    board.addEventListener("click", (event) => { if (this.justDropped) { event.preventDefault(); event.stopPropagation(); } }, true);
  }

  press(event) {
    const card = event.target.closest(".card");
    if (!card || event.button || this.on || card.hasAttribute("data-fixed") || event.target.closest("button, input, textarea, .card-more")) return;
    const touch = event.pointerType !== "mouse";
    this.pending = { card, touch, id: event.pointerId, x: event.clientX, y: event.clientY };
    this.stop = new AbortController();
    const { signal } = this.stop;
    addEventListener("pointermove", (move) => this.move(move), { signal });
    addEventListener("pointerup", (up) => this.up(up), { signal });
    addEventListener("pointercancel", () => this.cancel(), { signal });
    addEventListener("blur", () => this.cancel(), { signal });
    addEventListener("keydown", (key) => { if (key.key === "Escape" && this.on) { key.preventDefault(); key.stopPropagation(); this.cancel(); } }, { signal, capture: true });
    if (touch) this.timer = setTimeout(() => this.pending && this.start(), PRESS);
  }

  move(event) {
    if (this.pending && event.pointerId === this.pending.id) {
      const far = Math.hypot(event.clientX - this.pending.x, event.clientY - this.pending.y);
      if (this.pending.touch && far > SLOP) return this.end();
      if (!this.pending.touch && far >= START) this.start();
    }
    if (!this.on || event.pointerId !== this.on.id) return;
    event.preventDefault();
    this.on.x = event.clientX;
    this.on.y = event.clientY;
  }

  start() {
    const { card, id, x, y, touch } = this.pending;
    clearTimeout(this.timer);
    this.pending = null;
    const box = card.getBoundingClientRect();
    const ghost = card.cloneNode(true);
    ghost.removeAttribute("id");
    ghost.inert = true;
    ghost.classList.add("drag-ghost");
    ghost.style.width = `${box.width}px`;
    document.body.append(ghost);
    const gap = Object.assign(document.createElement("li"), { className: "drop-gap" });
    gap.style.height = `${box.height}px`;
    gap.setAttribute("role", "presentation");
    gap.setAttribute("data-keep", "");
    card.before(gap);
    card.classList.add("is-away");
    document.body.classList.add("is-dragging");
    if (touch) navigator.vibrate?.(12);
    hold();
    const home = { list: card.parentElement, next: card.nextElementSibling };
    this.on = { card, ghost, gap, home, id, x, y, dx: x - box.left, dy: y - box.top, height: box.height };
    this.frame = requestAnimationFrame(() => this.tick());
  }

  // Once a frame: the ghost follows, the gap shows where it lands, the edges scroll.
  tick() {
    const { on } = this;
    if (!on) return;
    on.ghost.style.translate = `${on.x - on.dx}px ${on.y - on.dy}px`;
    const column = this.columnAt(on.x);
    for (const one of $$(".column.is-over", this.board)) if (one !== column) one.classList.remove("is-over");
    if (column) { column.classList.add("is-over"); this.placeGap($(".cards", column)); }
    this.scroll(column);
    this.frame = requestAnimationFrame(() => this.tick());
  }

  columnAt(x) {
    return $$(".column", this.board).find((one) => { const box = one.getBoundingClientRect(); return x >= box.left - 2 && x <= box.right + 2; });
  }

  placeGap(list) {
    const { on } = this, same = list === on.home.list;
    if (this.fixedOrder()) { const before = same ? on.card : list.firstElementChild; if (on.gap.nextElementSibling !== before) before.before(on.gap); return; }
    const middle = on.y - on.dy + on.height / 2;
    const cards = $$(":scope > .card:not(.is-away)", list);
    let low = 0, high = cards.length;
    while (low < high) {
      const at = (low + high) >> 1, box = cards[at].getBoundingClientRect();
      if (box.top + box.height / 2 < middle) low = at + 1; else high = at;
    }
    const before = cards[low] ?? $(":scope > .cards-more, :scope > .cards-empty", list);
    let next = on.gap.nextElementSibling;
    while (next?.classList.contains("is-away")) next = next.nextElementSibling;
    if (on.gap.parentElement !== list || next !== before) before.before(on.gap);
  }

  scroll(column) {
    const { on } = this, speed = (distance) => Math.ceil(((EDGE - Math.max(0, distance)) / EDGE) ** 2 * 18);
    const strip = $(".columns", this.board), box = strip.getBoundingClientRect();
    if (on.x < box.left + EDGE) strip.scrollLeft -= speed(on.x - box.left);
    if (on.x > box.right - EDGE) strip.scrollLeft += speed(box.right - on.x);
    const list = column && $(".cards", column);
    if (!list) return;
    const inner = list.getBoundingClientRect();
    if (on.y < inner.top + EDGE) list.scrollTop -= speed(on.y - inner.top);
    if (on.y > inner.bottom - EDGE) list.scrollTop += speed(inner.bottom - on.y);
  }

  up(event) {
    if (this.on ? event.pointerId !== this.on.id : event.pointerId !== this.pending?.id) return;
    if (!this.on) return this.end();
    const { card, gap, home } = this.on, list = gap.parentElement;
    let next = gap.nextElementSibling;
    while (next?.classList.contains("is-away")) next = next.nextElementSibling;
    const moved = list !== home.list || (next !== home.next && !this.fixedOrder());
    this.land(() => { if (moved) this.drop(card, home, list); });
  }

  cancel() {
    if (!this.on) return this.end();
    this.on.home.list.insertBefore(this.on.gap, this.on.card);
    this.land(() => {});
  }

  // The ghost glides into the gap; then the card itself stands there.
  land(then) {
    const { on } = this, { card, ghost, gap } = on;
    cancelAnimationFrame(this.frame);
    this.on = null;
    this.justDropped = true;
    setTimeout(() => { this.justDropped = false; }, 50);
    const to = gap.getBoundingClientRect();
    ghost.classList.add("is-landing");
    ghost.style.translate = `${to.left}px ${to.top}px`;
    gap.replaceWith(card);
    card.classList.remove("is-away");
    card.style.opacity = "0";
    const settle = () => { ghost.remove(); card.style.opacity = ""; };
    setTimeout(settle, parseFloat(getComputedStyle(ghost).transitionDuration) * 1000 || 0);
    for (const one of $$(".column.is-over", this.board)) one.classList.remove("is-over");
    document.body.classList.remove("is-dragging");
    then();
    release();
    this.end();
  }

  end() {
    clearTimeout(this.timer);
    this.pending = null;
    this.stop?.abort();
  }
}
