// A choice of role asks first: the server says what it gives and takes, and only the dialog's button does it.
import { load } from "app/load";
import { show } from "app/dialogs";
import { told, wordsFor } from "app/post";
import { toast } from "app/toast";

customElements.define("role-choice", class extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    this.was = this.select.value;
    this.onchange = () => this.ask(this.select.value);
  }

  async ask(value) {
    const response = await fetch(`${this.dataset.url}?role=${encodeURIComponent(value)}`, { headers: { "HX-Request": "true" } }).catch(() => ({ ok: false, status: 0 }));
    if (!response.ok) {
      toast((response.headers && told(response, "flowboard:refused")?.sentence) ?? wordsFor(response.status), { danger: true });
      return this.settle();
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const dialog = document.importNode(page.querySelector("dialog"), true);
    this.append(dialog);
    load(this);
    dialog.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) this.was = value; });
    dialog.addEventListener("close", () => { dialog.remove(); this.settle(); });
    show(dialog);
  }

  // What the list shows is what holds.
  settle() { this.select.value = this.was; }
});
