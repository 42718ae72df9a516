// The list: rows walked by keys, opened in the pane.
import { $, $$, isTyping } from "app/dom";
import { go } from "app/router";
import "app/filters";
import "app/pane";
import "app/quick-add";

class List extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("click", (event) => { const row = event.target.closest(".list-row"); if (row && !event.metaKey && !event.ctrlKey) this.rove(row); });
    this.addEventListener("keydown", (event) => this.keys(event));
    this.addEventListener("focusin", (event) => this.rove(event.target.closest(".list-row")));
    addEventListener("flow:morphed", () => this.sync(), { signal });
    addEventListener("flow:pane", ({ detail }) => { this.sync(); if (!detail.ref && detail.was) document.getElementById(`task-${detail.was}`)?.focus({ preventScroll: true }); }, { signal });
    document.addEventListener("keydown", (event) => this.enter(event), { signal });
    this.sync();
  }

  disconnectedCallback() { this.gone.abort(); }

  sync() {
    const open = $("#pane")?.dataset.ref;
    for (const row of $$(".list-row", this)) row.classList.toggle("is-open", row.dataset.ref === open);
    if (!$('.list-row[tabindex="0"]', this)) $(".list-row", this)?.setAttribute("tabindex", "0");
  }

  rove(row) {
    if (!row) return;
    for (const one of $$('.list-row[tabindex="0"]', this)) one.tabIndex = -1;
    row.tabIndex = 0;
  }

  keys(event) {
    const row = event.target.closest(".list-row");
    if (!row || isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const rows = $$(".list-row", this), to = rows[rows.indexOf(row) + step];
      to?.focus({ preventScroll: true });
      to?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      go($(".list-title a", row).href);
    }
  }

  enter(event) {
    if (event.defaultPrevented || (document.activeElement !== document.body && document.activeElement?.id !== "main")) return;
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    $('.list-row[tabindex="0"]', this)?.focus();
  }
}
customElements.define("flow-list", List);
