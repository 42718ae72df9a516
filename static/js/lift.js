// A card in hand by keyboard: Space picks up, arrows carry, Enter drops, Escape puts it back; each step is spoken.
import { $, $$, glide, say } from "app/dom";
import { hold, release } from "app/fragments";
import { neighbour, where } from "app/board";

export class Lift {
  constructor(board) {
    Object.assign(this, { board, card: null });
    board.addEventListener("focusout", (event) => { if (this.card && event.target === this.card && !this.moving && !board.contains(event.relatedTarget)) this.cancel(); });
  }

  keys(event, card) {
    if (!this.card) {
      if (event.key !== " " || card.hasAttribute("data-fixed")) return false;
      event.preventDefault();
      this.pick(card);
      return true;
    }
    const step = { ArrowUp: () => this.along(-1), ArrowDown: () => this.along(1), ArrowLeft: () => this.across(-1), ArrowRight: () => this.across(1), Enter: () => this.drop(), " ": () => this.drop(), Escape: () => this.cancel() }[event.key];
    event.preventDefault();
    event.stopPropagation();
    step?.();
    return true;
  }

  pick(card) {
    this.card = card;
    this.home = { list: card.parentElement, next: card.nextElementSibling };
    card.classList.add("is-lifted");
    card.setAttribute("aria-grabbed", "true");
    hold();
    const at = where(card, this.board).replace(/^.*?, column/, "Column");
    say(`Picked up ${$(".card-title", card).textContent}. ${at}`);
  }

  along(step) {
    if (this.board.filtered) return say("The order is fixed while a filter is on.");
    const next = neighbour(this.card, step);
    if (next) this.shift(() => (step > 0 ? next.after(this.card) : next.before(this.card)));
  }

  across(step) {
    const columns = $$(".column", this.board), to = columns[columns.indexOf(this.card.closest(".column")) + step * (document.dir === "rtl" ? -1 : 1)];
    if (!to) return;
    const list = $(".cards", to), at = $$(".card", this.card.parentElement).indexOf(this.card);
    const before = this.board.filtered ? list.firstElementChild : $$(".card", list)[at] ?? $(":scope > .cards-more, :scope > .cards-empty", list);
    this.shift(() => list.insertBefore(this.card, before));
  }

  shift(move) {
    const from = this.card.getBoundingClientRect();
    this.moving = true;
    move();
    this.card.focus({ preventScroll: true });
    this.moving = false;
    this.card.scrollIntoView({ block: "nearest", inline: "nearest" });
    glide(this.card, from, 110);
    say(where(this.card, this.board));
  }

  drop() {
    const { card, home } = this;
    this.letGo();
    if (card.parentElement === home.list && card.nextElementSibling === home.next) return say("Dropped where it was.");
    this.board.place(card, home, card.parentElement);
    say(`Dropped. ${where(card, this.board)}`);
  }

  cancel() {
    const { card, home } = this;
    this.moving = true;
    this.board.revert(card, home);
    this.letGo();
    card.focus({ preventScroll: true });
    this.moving = false;
    say("Cancelled.");
  }

  letGo() {
    this.card.classList.remove("is-lifted");
    this.card.removeAttribute("aria-grabbed");
    this.card = null;
    release();
  }
}
