// The editor's menu of what the AI can write; what it writes stands below the field until somebody takes it (suggestion.js).
import { $, $$ } from "app/dom";
import { openerOf } from "app/menu";
import { Suggestion } from "app/suggestion";

class Write extends HTMLElement {
  connectedCallback() {
    const menu = $(".menu", this);
    menu.addEventListener("beforetoggle", ({ newState }) => { if (newState === "open") this.fit(menu); });
    menu.addEventListener("click", ({ target }) => {
      const item = target.closest("[data-purpose]");
      if (item) this.begin(item, openerOf(menu).closest("[data-editor]"));
    });
  }

  // What there is no text for cannot be chosen.
  fit(menu) {
    requestAnimationFrame(() => {
      const empty = !$("textarea", openerOf(menu).closest("[data-editor]")).value.trim();
      for (const item of $$("[data-needs]", menu)) item.disabled = empty;
    });
  }

  begin(item, form) {
    form.flowSuggestion?.discard();
    form.flowSuggestion = new Suggestion(this, form, { ...item.dataset });
  }
}
customElements.define("flow-write", Write);
