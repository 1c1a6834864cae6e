/**
 * The socket on which the workspace tells what happens. It comes back by itself, with back-off.
 * @module
 */

const FIRST_WAIT = 300; // milliseconds, doubled after every failure
const LONGEST_WAIT = 5000;

/**
 * Listens as a person until `close()`.
 * @param {string} user
 * @param {{opened: () => void, lost: (failures: number) => void, told: (event: any) => void}} to
 *   `opened` is called after every (re)connection, `lost` with the failures in a row.
 * @returns {{close: () => void}}
 */
export function listen(user, to) {
  let socket = null;
  let timer = 0;
  let failures = 0;
  let over = false;

  function open() {
    socket = new WebSocket(`ws://${location.host}/_page/live?user=${encodeURIComponent(user)}`);
    socket.addEventListener("open", () => {
      failures = 0;
      to.opened();
    });
    socket.addEventListener("message", (message) => to.told(JSON.parse(message.data)));
    socket.addEventListener("close", again);
  }

  function again() {
    if (over) return;
    failures += 1;
    to.lost(failures);
    timer = setTimeout(open, Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT));
  }

  open();
  return {
    close() {
      over = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}
