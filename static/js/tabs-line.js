// A row of entries that may be wider than the screen: the one of this page stands in view from the start.
customElements.define("tabs-line", class extends HTMLElement {
  connectedCallback() {
    const row = this.parentElement;
    const here = row.querySelector("[aria-current]");
    if (!here) return;
    const [outer, inner] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
    row.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2; // no animation, and the page itself stays
  }
});
