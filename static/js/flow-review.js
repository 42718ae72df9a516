// A proposal: lines walked and ticked by keys; what a line needs is ticked with it, and counted at the foot.
import { $, $$, isTyping, say } from "app/dom";
import { singleKeys } from "app/keys";

class Review extends HTMLElement {
  connectedCallback() {
    this.off = new Set(); // what somebody unticked stays so when the page is drawn afresh
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("change", ({ target }) => (target.matches("[data-all]") ? this.all(target.checked) : this.tick(target)));
    document.addEventListener("keydown", (event) => this.keys(event), { signal });
    addEventListener("flow:morphed", () => this.draw(), { signal });
    this.draw();
  }

  disconnectedCallback() { this.gone.abort(); }

  get boxes() { return $$("input[name=line]:not(:disabled)", this); }

  tick(box) {
    if (box.checked) this.off.delete(box.value); else this.off.add(box.value);
    for (const other of this.boxes) {
      const needs = (other.dataset.needs ?? "").split(" ");
      if (!box.checked && needs.includes(box.value) && !this.off.has(other.value)) { other.checked = false; this.tick(other); }
      if (box.checked && (box.dataset.needs ?? "").split(" ").includes(other.value) && this.off.has(other.value)) { other.checked = true; this.tick(other); }
    }
    this.draw();
  }

  all(on) {
    for (const { value } of this.boxes) if (on) this.off.delete(value); else this.off.add(value);
    this.draw();
  }

  draw() {
    const boxes = this.boxes, every = $("[data-all]", this), button = $("[data-apply]", this);
    if (!button) return;
    for (const box of boxes) box.checked = !this.off.has(box.value);
    const chosen = boxes.filter((box) => box.checked).length;
    every.checked = boxes.length > 0 && chosen === boxes.length;
    every.indeterminate = chosen > 0 && chosen < boxes.length;
    button.disabled = !chosen;
    $("[data-chosen]", this).textContent = chosen;
  }

  keys(event) {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open], :popover-open:not(.toasts, .tip)")) return;
    if ((event.metaKey || event.ctrlKey) && event.key === "Enter") { event.preventDefault(); $("[data-apply]:not(:disabled)", this)?.click(); return; }
    if (event.metaKey || event.ctrlKey || event.altKey || !singleKeys()) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const run = step ? () => this.walk(step) : { x: () => $("input:not(:disabled)", this.row)?.click(), a: () => this.every() }[event.key];
    if (run) { event.preventDefault(); run(); }
  }

  get row() { return document.activeElement?.closest(".review-row") ?? document.createElement("i"); }

  walk(step) {
    const rows = $$(".review-row", this), at = rows.indexOf(this.row), to = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    to?.focus({ preventScroll: true });
    to?.scrollIntoView({ block: "nearest" });
  }

  every() {
    this.all(!$("[data-all]", this)?.checked);
    say(`${$("[data-chosen]", this)?.textContent ?? 0} lines chosen.`);
  }
}
customElements.define("flow-review", Review);
