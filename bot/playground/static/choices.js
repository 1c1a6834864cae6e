/**
 * The options a menu offers, in their groups.
 * @module
 */

/** @returns {{label: string, options: any[]}[]} one nameless group where there are none */
export function groups(element) {
  if (!element.option_groups) return [{ label: "", options: element.options ?? [] }];
  return element.option_groups.map((it) => ({ label: it.label.text, options: it.options }));
}
