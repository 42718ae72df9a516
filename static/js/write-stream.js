// Words that come while they are written: server-sent events, or one JSON object where nothing streams.
import { told, token, wordsFor } from "app/post";

const QUIET = 35_000; // the server gives a sign of life every 10 s

export class Trouble extends Error {
  constructor(words, status = 0) { super(words); this.status = status; }
}

// Each piece goes to `onText`, and what is to stand in place of all of them; resolves with the receipt. `signal` stops it.
export async function write(url, fields, onText, signal) {
  const quiet = new AbortController(), line = AbortSignal.any([signal, quiet.signal]);
  let timer = 0;
  const alive = () => { clearTimeout(timer); timer = setTimeout(() => quiet.abort(), QUIET); };
  alive();
  try {
    const headers = { Accept: "text/event-stream", "X-CSRFToken": token(), "HX-Request": "true" };
    const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual", signal: line });
    return await read(response, onText, alive);
  } catch (error) {
    if (signal.aborted || error instanceof Trouble) throw error;
    throw new Trouble("The line broke. What you wrote is all there.");
  } finally { clearTimeout(timer); }
}

async function read(response, onText, alive) {
  const type = response.headers.get("Content-Type") ?? "";
  if (response.type === "opaqueredirect") throw new Trouble(wordsFor(401), 401);
  if (!response.ok) throw new Trouble(type.includes("json") ? (await response.json()).detail : told(response, "flowboard:refused")?.sentence ?? wordsFor(response.status), response.status);
  if (type.startsWith("text/event-stream")) return stream(response.body.pipeThrough(new TextDecoderStream()).getReader(), onText, alive);
  const { text, usage } = await response.json();
  onText(text, usage.id);
  return usage;
}

async function stream(reader, onText, alive) {
  let rest = "", receipt = null;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    alive();
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) receipt = take(event, onText) ?? receipt;
  }
  if (!receipt) throw new Trouble("The answer was cut off. What you wrote is all there.");
  return receipt;
}

function take(event, onText) {
  const { event: name, data } = Object.fromEntries(event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  if (name === "delta" || name === "text") { const { text, id } = JSON.parse(data); onText(text, id, name === "text"); }
  if (name === "problem") { const { detail, status } = JSON.parse(data); throw new Trouble(detail, status); }
  return name === "usage" ? JSON.parse(data) : null;
}
