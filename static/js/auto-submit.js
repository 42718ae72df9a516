// A filter form that shows its choice at once.
import { go } from "app/router";

customElements.define("auto-submit", class extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    form.addEventListener("change", () => this.show(form));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.show(form); });
  }

  show(form) {
    const chosen = [...new FormData(form)].filter(([, value]) => value);
    go(`${location.pathname}?${new URLSearchParams(chosen)}`);
  }
});
