// The filter row of board and list: every change is an address, so back, reload and sharing keep it.
import { $ } from "app/dom";
import { key } from "app/keys";
import { go } from "app/router";

const sheet = () => $("flow-board, flow-list");
const address = () => new URL(sheet().dataset.url, location.href);

function change(edit) {
  const url = address();
  edit(url.searchParams);
  url.searchParams.delete("cursor");
  go(url);
}

addEventListener("click", (event) => {
  const pick = event.target.closest?.("[data-filter-name]");
  if (!pick || !sheet()) return;
  const { filterName: name, filterValue: value } = pick.dataset;
  pick.setAttribute("aria-checked", pick.getAttribute("aria-checked") !== "true");
  change((params) => { if (params.has(name, value)) params.delete(name, value); else params.append(name, value); });
});

let timer;
function words(field) {
  clearTimeout(timer);
  change((params) => { if (field.value.trim()) params.set("q", field.value.trim()); else params.delete("q"); });
}
addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-filter-text] input")) return;
  clearTimeout(timer);
  timer = setTimeout(() => words(event.target), 250);
});
addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-filter-text]")) return;
  event.preventDefault();
  words($("input", event.target));
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches?.("[data-filter-text] input")) return;
  event.target.value = "";
  words(event.target);
  event.target.blur();
});

key("f", () => $("#filter-button")?.click(), { when: () => !!sheet() });
key("Escape", () => $("[data-filter-clear]").click(), { when: () => !$("#pane") && !!$("[data-filter-clear]") && !$(":popover-open:not(.toasts)") });
