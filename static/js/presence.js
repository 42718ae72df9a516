// Who else is here: in the header, on cards, beside the field that they edit; and, told to them, what oneself has in front.
import { $, $$, say } from "app/dom";

const { user, workspace } = document.body.dataset;
const RESTING = 120_000, AWAY = 600_000; // ms without a touch: what is open is not being edited, nobody is there
const CLEARED = 12_000; // … without a line: of the others nothing is known
const PAGES = { "": "home", "my-work": "my-work", inbox: "inbox", search: "search", activity: "activity", members: "members", settings: "settings" };
const FIELDS = {
  title: { input: "#pane-title", host: ".pane-head", words: "editing the title" },
  description: { input: "#description-form textarea", host: "#pane-description", words: "editing the description" },
  checklist: { input: "#pane-checklist textarea", host: "#pane-checklist", words: "editing the checklist" },
  subtask: { input: "#pane-subtasks :is(textarea, input[type=text])", host: "#pane-subtasks", words: "adding a subtask" },
  comment: { input: "#pane-talk textarea", host: "#pane-talk", words: "writing a comment" },
};
let send = null, said = "", due = 0, clearing = 0, touched = Date.now(), warned = "";
const people = new Map(); // by id, in the order in which they came

export function connected(sender) {
  send = sender;
  clearTimeout(clearing);
  tell();
}

export function lost() {
  send = null;
  clearTimeout(clearing);
  clearing = setTimeout(() => { people.clear(); draw(); }, CLEARED);
}

export function take({ event, person, people: list }) {
  if (event === "presence:ask") return tell();
  if (event === "presence:list") { people.clear(); for (const one of list) people.set(one.id, one); }
  else if (event === "presence:left") people.delete(person.id);
  else if (person) people.set(person.id, person);
  draw();
}

// What oneself has in front

function tell() {
  const words = JSON.stringify(where());
  said = words;
  send?.(words);
}

function soon() {
  due ||= setTimeout(() => { due = 0; if (JSON.stringify(where()) !== said) tell(); }, 200);
}

function where() {
  const sheet = $("flow-board, flow-list"), pane = $("#pane"), key = (pane ?? sheet)?.dataset.key, field = pane && edited();
  return {
    event: "presence:here", page: page(sheet, pane), away: document.hidden || idle() > AWAY,
    ...(key && { project: key }), ...(pane && { task: pane.dataset.ref }), ...(field && { field }),
  };
}

function page(sheet, pane) {
  if (sheet) return sheet.localName === "flow-list" ? "list" : "board";
  return pane ? "task" : PAGES[location.pathname.split("/")[3] ?? ""] ?? "other";
}

// A comment is being written when there is something of it; all else when the cursor is there.
function edited() {
  const one = document.activeElement;
  if (idle() > RESTING || (one?.closest("#pane-talk") && !one.value?.trim())) return null;
  return Object.keys(FIELDS).find((name) => one?.matches(FIELDS[name].input));
}

const idle = () => Date.now() - touched;

// The others

function draw() {
  header();
  cards();
  pane();
}

const others = () => [...people.values()].filter(({ id }) => id !== user);
const all = (fits) => others().map((one) => ({ ...one, at: one.at.filter(fits) })).filter(({ at }) => at.length);

function header() {
  const host = $("#presence"), key = $("flow-board, flow-list")?.dataset.key;
  if (!host) return;
  const here = all((place) => key && place.project === key), most = matchMedia("(max-width: 47.99rem)").matches ? 2 : 5;
  const shown = here.length > most + 1 ? here.slice(0, most) : here, rest = here.slice(shown.length);
  fill(host, here, () => [...shown.map((one) => face(one, "m", doing(one), one.at[0].task)), ...(rest.length ? [more(rest)] : [])]);
  host.hidden = !here.length;
}

function cards() {
  const open = new Map();
  for (const one of all(({ task }) => task)) for (const { task } of one.at) open.set(task, [...(open.get(task) ?? []), { ...one, at: one.at.filter((place) => place.task === task) }]);
  for (const old of $$(".card-here")) if (!open.has(old.parentElement.dataset.ref)) old.remove();
  for (const [task, here] of open) {
    const card = document.getElementById(`task-${task}`);
    if (card) fill(child(card, "card-here"), here, () => here.slice(0, 3).map((one) => face(one, "s", doing(one))));
  }
}

function pane() {
  const ref = $("#pane")?.dataset.ref;
  if (!ref) return;
  const here = all(({ task }) => task === ref), tools = $("#pane .pane-tools");
  if (tools) fill(child(tools, "pane-here", "prepend"), here, () => here.slice(0, 4).map((one) => face(one, "m", doing(one))));
  for (const name of Object.keys(FIELDS)) note(ref, name, here.filter(({ at }) => at.some(({ field }) => field === name)));
}

// “Ben is editing the description”, above it; spoken only to whoever edits the same.
function note(ref, name, editors) {
  const host = $(`#pane ${FIELDS[name].host}`);
  if (!host) return;
  if (!editors.length) return host.querySelector(":scope > .editing-note")?.remove();
  const words = `${names(editors)} ${editors.length > 1 ? "are" : "is"} ${FIELDS[name].words}`;
  fill(child(host, "editing-note"), editors, () => [...editors.slice(0, 3).map((one) => face(one, "s", "")), Object.assign(document.createElement("span"), { textContent: words })]);
  if (edited() !== name) return;
  const once = `${ref} ${name} ${editors.map(({ id }) => id)}`;
  if (once !== warned) say(`${words} too.`);
  warned = once;
}

function names(some) {
  const [first, second] = some.map(({ name }) => name);
  return some.length === 1 ? first : some.length === 2 ? `${first} and ${second}` : `${first} and ${some.length - 1} others`;
}

function doing({ name, at: [place] }) {
  const words = place.field ? `${FIELDS[place.field]?.words ?? "editing"}${place.task ? `, ${place.task}` : ""}` : place.task ? `looking at ${place.task}` : `on the ${place.page}`;
  return `${name}, ${place.away ? "away" : words}`;
}

// An element of ours in a piece of page that is drawn by the server: kept when that is morphed.
function child(host, className, where = "append") {
  const found = host.querySelector(`:scope > .${className}`);
  if (found) return found;
  const made = Object.assign(document.createElement("small"), { className });
  made.setAttribute("data-keep", "");
  host[where](made);
  return made;
}

// Drawn again only when something has changed, so that no tooltip blinks.
function fill(host, here, make) {
  const sign = JSON.stringify(here);
  if (host.dataset.sign === sign && (!here.length || host.childElementCount)) return;
  host.dataset.sign = sign;
  host.replaceChildren(...make());
}

function face({ color, initials, avatarUrl, at }, size, words, task) {
  const one = document.createElement(task ? "a" : "span");
  one.className = `avatar avatar-c${color} avatar-${size}`;
  one.classList.toggle("is-away", at.every(({ away }) => away));
  one.classList.toggle("is-editing", at.some(({ field }) => field));
  if (task) one.href = `/w/${workspace}/t/${task}/`;
  else if (words) one.setAttribute("role", "img");
  if (words) { one.setAttribute("aria-label", words); one.dataset.tip = words; } else one.setAttribute("aria-hidden", "true");
  one.append(avatarUrl ? Object.assign(document.createElement("img"), { src: avatarUrl, alt: "" }) : initials);
  return one;
}

function more(rest) {
  const one = Object.assign(document.createElement("span"), { className: "avatar avatar-m avatar-none", textContent: `+${rest.length}` });
  one.setAttribute("role", "img");
  one.dataset.tip = rest.map(({ name }) => name).join(", ");
  one.setAttribute("aria-label", `and ${one.dataset.tip}`);
  return one;
}

for (const name of ["pointerdown", "keydown", "pointermove", "wheel"]) addEventListener(name, () => { touched = Date.now(); }, { capture: true, passive: true });
for (const name of ["focusin", "focusout", "input", "flow:pane", "flow:visited"]) document.addEventListener(name, soon);
document.addEventListener("visibilitychange", () => { if (!document.hidden) touched = Date.now(); soon(); });
for (const name of ["flow:pane", "flow:visited", "flow:morphed"]) document.addEventListener(name, draw);
