// The rules of a plan: added from templates, removed again; each has fields of its own.
import { $, $$ } from "app/dom";

class Rules extends HTMLElement {
  connectedCallback() { this.addEventListener("click", (event) => this.click(event)); }

  click({ target }) {
    const add = target.closest("[data-add-rule]"), drop = target.closest("[data-drop-rule]");
    if (add) this.add(add.dataset.addRule);
    if (drop) this.drop(drop.closest(".rule"));
  }

  add(kind) {
    const next = 1 + Math.max(-1, ...$$(".rule", this.list).map((one) => Number(one.dataset.n)));
    this.list.insertAdjacentHTML("beforeend", $(`template[data-rule="${kind}"]`, this).innerHTML.replaceAll("__n__", next));
    const made = this.list.lastElementChild;
    $("#rule-menu")?.hidePopover();
    $("select, input:not([type=hidden])", made)?.focus();
  }

  drop(rule) {
    const next = rule.nextElementSibling ?? rule.previousElementSibling;
    rule.remove();
    ($("[data-drop-rule]", next ?? this) ?? $("[popovertarget=rule-menu]", this))?.focus();
  }

  get list() { return $(".rules", this); }
}
customElements.define("flow-rules", Rules);
