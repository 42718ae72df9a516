// Light, dark, or what the system says; kept with the person.
import { $$ } from "app/dom";
import { post } from "app/post";

const root = document.documentElement;

export function choose(theme) {
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  mark();
  post("/profile/", { theme }, { quiet: true, part: "theme" }).catch(() => {});
}

export function flip() {
  const dark = root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  choose(dark ? "light" : "dark");
}

function mark() {
  for (const one of $$("[data-theme-choice]")) one.setAttribute("aria-checked", one.dataset.themeChoice === (root.dataset.theme ?? ""));
}

customElements.define("flow-theme", class extends HTMLElement {
  connectedCallback() {
    mark();
    this.addEventListener("click", (event) => {
      const pick = event.target.closest("[data-theme-choice]");
      if (pick) choose(pick.dataset.themeChoice);
    });
  }
});
