/**
 * The workspace's endpoints. Nothing here throws: trouble comes back as `{ok: false, error}`.
 * @module
 */

async function answerOf(request) {
  try {
    const response = await request;
    const body = await response.json();
    return response.ok ? body : { ok: false, error: "unknown", ...body };
  } catch {
    return { ok: false, error: "unreachable" };
  }
}

/**
 * Asks for something: `state`, `messages`, `thread`, `clock`.
 * @param {string} name
 * @param {Record<string, string>} query
 */
export function get(name, query) {
  return answerOf(fetch(`/_page/${name}?${new URLSearchParams(query)}`));
}

/**
 * Does something: `send`, `action`, `view_submit`, `view_close`, `shortcut`, `home`, `faults`,
 * `archive`, `bot_member`, `clock`.
 * @param {string} name
 * @param {object} body
 */
export function post(name, body) {
  const headers = { "Content-Type": "application/json" };
  return answerOf(fetch(`/_page/${name}`, { method: "POST", headers, body: JSON.stringify(body) }));
}
