/**
 * The workspace's present, which its clock bar may put ahead of the machine's.
 * @module
 */

let ahead = 0; // milliseconds

/** Takes the present over from the workspace. @param {number} milliseconds since 1970 */
export function setPresent(milliseconds) {
  ahead = milliseconds - Date.now();
}

/** The present by the workspace's clock. */
export function present() {
  return new Date(Date.now() + ahead);
}
