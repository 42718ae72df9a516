// Says whether pushes reach this device, and switches them: the browser asks only when its person has pressed.
import { state, turnOff, turnOn } from "app/push";
import { toast } from "app/toast";

const WORDS = {
  on: ["Pushes reach this device.", "They end when you sign out here.", "Switch off"],
  off: ["Pushes do not reach this device.", "Your browser asks you once whether FlowBoard may.", "Get these on this device"],
  denied: ["Your browser does not let FlowBoard push.", "Allow notifications for this site in the settings of your browser, then come back.", ""],
  never: ["Your browser cannot do this.", "It needs https (or this machine itself), and on an iPhone FlowBoard on the home screen.", ""],
};

customElements.define("push-switch", class extends HTMLElement {
  async connectedCallback() {
    this.button = this.querySelector("[data-press]");
    this.button.addEventListener("click", () => this.press());
    this.show(await state());
  }

  async press() {
    this.button.disabled = true;
    try { this.show(await (this.now === "on" ? turnOff() : turnOn())); } catch { toast("That did not work: the push service of your browser did not answer. Try again later.", { danger: true }); }
    this.button.disabled = false;
  }

  // A quiet line (data-quiet) has nothing to say but its offer.
  show(now) {
    this.now = now;
    const [words, help, action] = WORDS[now];
    const quiet = this.hasAttribute("data-quiet");
    this.hidden = quiet && now !== "off";
    const said = this.querySelector("[data-state]"), helped = this.querySelector("[data-help]");
    if (said && !quiet) said.textContent = words;
    if (helped && !quiet) helped.textContent = help;
    Object.assign(this.button, { hidden: !action, textContent: action });
  }
});
