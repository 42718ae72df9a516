// A form that sends what stands in a field of another one.
import { $ } from "app/dom";

class Lend extends HTMLElement {
  connectedCallback() { this.addEventListener("submit", (event) => this.take(event), true); }

  take(event) {
    const from = document.getElementById(this.dataset.from);
    if (!from.value.trim()) { event.preventDefault(); event.stopPropagation(); from.focus(); return; }
    $(`[name=${this.dataset.into}]`, this).value = from.value;
  }
}
customElements.define("flow-lend", Lend);
