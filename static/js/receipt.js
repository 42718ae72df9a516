// What an answer of the AI took, in words.
const dollars = (micros) => `$${(micros / 1e6).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: micros < 10_000 ? 6 : 2 })}`;

export function receiptOf({ model, input_tokens: read, output_tokens: written, cost_micros: cost, cached_at: cached }) {
  if (cached) return `${model} · cached, ${ago(new Date(cached))} · costs nothing`;
  const tokens = (read + written).toLocaleString("en");
  return [model, `${tokens} tokens`, ...(cost === null ? [] : [dollars(cost)])].join(" · ");
}

export function sentOf({ sent, prompt, input_tokens: read, output_tokens: written, cached_at: cached }) {
  const taken = cached ? "" : ` ${read.toLocaleString("en")} tokens in, ${written.toLocaleString("en")} out.`;
  return `Sent: ${sent.join("; ") || "nothing of yours"}. Wording: ${prompt}.${taken}`;
}

function ago(then) {
  const minutes = Math.round((Date.now() - then) / 60_000);
  return minutes < 1 ? "less than a minute old" : minutes < 60 ? `${minutes} minute${minutes === 1 ? "" : "s"} old` : `${Math.round(minutes / 60)} h old`;
}
