// A change in words, for the list of what waits: "Move FLOW-42 to Done", "Comment on FLOW-7".
const rules = [
  [/^t\/([^/]+)\/place\/$/, "POST", (ref, { status }) => `Move ${ref} to ${column(status)}`],
  [/^t\/([^/]+)\/$/, "POST", (ref, fields) => facts(ref, fields)],
  [/^t\/([^/]+)\/$/, "DELETE", (ref) => `Delete ${ref}`],
  [/^t\/([^/]+)\/pin\/$/, "POST", (ref) => `Pin ${ref}`],
  [/^t\/([^/]+)\/pin\/$/, "DELETE", (ref) => `Unpin ${ref}`],
  [/^t\/([^/]+)\/archive\/$/, "POST", (ref) => `Archive ${ref}`],
  [/^t\/([^/]+)\/archive\/$/, "DELETE", (ref) => `Restore ${ref}`],
  [/^t\/([^/]+)\/assignees\/$/, "POST", (ref, { on }) => (Number(on ?? 1) ? `Assign ${ref}` : `Take somebody off ${ref}`)],
  [/^t\/([^/]+)\/labels\/$/, "POST", (ref) => `Labels of ${ref}`],
  [/^t\/([^/]+)\/comments\/$/, "POST", (ref) => `Comment on ${ref}`],
  [/^t\/([^/]+)\/comments\/[^/]+\/$/, "POST", (ref) => `Edit a comment on ${ref}`],
  [/^t\/([^/]+)\/comments\/[^/]+\/$/, "DELETE", (ref) => `Delete a comment on ${ref}`],
  [/^t\/([^/]+)\/checklist\//, "POST", (ref, { done }) => (done === undefined ? `Checklist of ${ref}` : `${Number(done) ? "Tick" : "Untick"} a line of ${ref}`)],
  [/^t\/([^/]+)\/checklist\//, "DELETE", (ref) => `Remove a line of ${ref}`],
  [/^t\/([^/]+)\/subtasks\/$/, "POST", (ref, { titles }) => `Subtask of ${ref}: ${first(titles)}`],
  [/^t\/([^/]+)\/attachments\//, "POST", (ref) => `Link on ${ref}`],
  [/^t\/([^/]+)\/attachments\//, "DELETE", (ref) => `Remove a file of ${ref}`],
  [/^t\/([^/]+)\/(.+?)\/$/, "", (ref, fields, what) => `${title(what.split("/")[0])} of ${ref}`],
  [/^p\/([^/]+)\/tasks\/$/, "POST", (key, { titles }) => (lines(titles) > 1 ? `${lines(titles)} new tasks in ${key}` : `New task in ${key}: ${first(titles)}`)],
  [/^p\/([^/]+)\/columns\//, "", (key, { name }) => (name ? `Column ${name} of ${key}` : `Columns of ${key}`)],
  [/^p\/([^/]+)\/(.+?)\/$/, "", (key, fields, what) => `${title(what.split("/")[0])} of ${key}`],
  [/^changes\/[^/]+\/undo\/$/, "POST", () => "Undo"],
];

export function words({ url, method, fields }) {
  const path = url.replace(/^\/w\/[^/]+\//, "");
  for (const [shape, verb, say] of rules) {
    const hit = (!verb || verb === method) && shape.exec(path);
    if (hit) return say(hit[1], fields, hit[2]);
  }
  return `A change on “${document.title.split(" · ")[0]}”`;
}

// What somebody wrote, as opposed to chose.
export function typed(fields) { return ["body", "description", "titles", "title", "text", "name"].map((name) => fields[name]).find((text) => typeof text === "string" && text.trim()) ?? ""; }

const FACTS = { title: "Rename", description: "Description of", priority: "Priority of", due: "Due date of", estimate: "Estimate of" };
function facts(ref, fields) {
  if (fields.status) return `Move ${ref} to ${column(fields.status)}`;
  const name = Object.keys(FACTS).find((one) => one in fields);
  return `${FACTS[name] ?? "Change"} ${ref}`;
}

const column = (id) => document.querySelector(`.column[data-status="${CSS.escape(id ?? "")}"]`)?.dataset.name ?? document.querySelector(`#status-menu [hx-vals*="${CSS.escape(id ?? "")}"] span`)?.textContent.trim() ?? "another column";
const lines = (text) => String(text ?? "").split("\n").filter((line) => line.trim()).length;
const first = (text) => { const line = String(text ?? "").trim().split("\n")[0]; return line.length > 60 ? `${line.slice(0, 60)}…` : line; };
const title = (word) => word.charAt(0).toUpperCase() + word.slice(1);
