/**
 * Block Kit's elements as native controls. Each control carries `readValue()`, what is entered.
 * @module
 */
import { el, freshId } from "./dom.js";
import { button, overflow } from "./buttons.js";
import { mrkdwn, plainText } from "./mrkdwn.js";

/** The elements that are several controls, labelled as a group. */
export const IS_GROUP = new Set([
  "radio_buttons",
  "checkboxes",
  "multi_static_select",
  "multi_users_select",
]);

const CONTROLS = {
  button,
  overflow,
  static_select: (it, env, field) => select(it, env, field, groups(it), it.initial_option?.value),
  users_select: (it, env, field) => select(it, env, field, people(env), it.initial_user),
  channels_select: (it, env, field) => select(it, env, field, channels(env), it.initial_channel),
  conversations_select: (it, env, field) =>
    select(it, env, field, channels(env), it.initial_conversation ?? current(it, env)),
  radio_buttons: (it, env, field) => choices(it, env, field, "radio", [it.initial_option?.value]),
  checkboxes: (it, env, field) =>
    choices(
      it,
      env,
      field,
      "checkbox",
      (it.initial_options ?? []).map((one) => one.value),
    ),
  multi_static_select: (it, env, field) =>
    choices(
      { ...it, options: groups(it).flatMap((one) => one.options) },
      env,
      field,
      "checkbox",
      (it.initial_options ?? []).map((one) => one.value),
    ),
  multi_users_select: (it, env, field) =>
    choices(
      { ...it, options: people(env)[0].options },
      env,
      field,
      "checkbox",
      it.initial_users ?? [],
    ),
  plain_text_input: (it, env, field) => typed(it, env, field, "text"),
  url_text_input: (it, env, field) => typed(it, env, field, "url"),
  email_text_input: (it, env, field) => typed(it, env, field, "email"),
  number_input: (it, env, field) => typed(it, env, field, "text", { inputmode: "decimal" }),
  datepicker: (it, env, field) => typed(it, env, field, "date", {}, it.initial_date),
  timepicker: (it, env, field) => typed(it, env, field, "time", {}, it.initial_time),
};

const NAMES = {
  static_select: "Choose",
  users_select: "Choose a person",
  channels_select: "Choose a channel",
  conversations_select: "Choose a conversation",
  radio_buttons: "Choose one",
  checkboxes: "Choose any",
  multi_static_select: "Choose any",
  multi_users_select: "Choose people",
  datepicker: "Choose a date",
  timepicker: "Choose a time",
};

/**
 * The control of an element; null for a type this page does not know.
 * @param {any} element
 * @param {import("./blocks.js").Env} env
 * @param {{ids: Record<string, string>, described: string, required: boolean}} [field]
 *   in an input block: the ids of its label and texts
 */
export function elementControl(element, env, field) {
  if (!Object.hasOwn(CONTROLS, element.type)) return null;
  const control = CONTROLS[element.type](element, env, field);
  control.dataset.actionId = element.action_id;
  return control;
}

/** The options a menu offers in their groups; one nameless group where there are none. */
function groups(element) {
  if (!element.option_groups) return [{ label: "", options: element.options ?? [] }];
  return element.option_groups.map((it) => ({ label: it.label.text, options: it.options }));
}

function naming(element, field, group = false) {
  if (!field) return { "aria-label": element.placeholder?.text ?? NAMES[element.type] ?? "Text" };
  const shared = { "aria-describedby": field.described };
  if (group) return { ...shared, "aria-labelledby": field.ids.label };
  return { ...shared, id: field.ids.control, "aria-required": field.required ? "true" : null };
}

function current(element, env) {
  return element.default_to_current_conversation ? env.channel : undefined;
}

function people(env) {
  const options = env.store.state.users
    .filter((it) => !it.deleted)
    .map((it) => ({ value: it.id, text: { type: "plain_text", text: it.real_name } }));
  return [{ label: "", options }];
}

function channels(env) {
  const options = env.store.state.channels
    .filter((it) => it.kind === "channel" && !it.is_archived)
    .map((it) => ({ value: it.id, text: { type: "plain_text", text: `#${it.name}` } }));
  return [{ label: "", options }];
}

function select(element, env, field, offered, initial) {
  const control = el("select", { class: "input", ...naming(element, field) });
  control.append(el("option", { value: "", text: element.placeholder?.text ?? "Choose …" }));
  for (const { label, options } of offered) {
    const nodes = options.map((it) => {
      const more = it.description ? ` – ${it.description.text}` : "";
      return el("option", { value: it.value, text: `${it.text.text}${more}` });
    });
    control.append(...(label ? [el("optgroup", { label }, nodes)] : nodes));
  }
  control.value = initial ?? "";
  if (control.selectedIndex < 0) control.value = "";
  control.readValue = () => control.value || null;
  control.addEventListener("change", () => env.act(control, element, control.readValue()));
  return control;
}

function choices(element, env, field, type, initial) {
  const role = type === "radio" ? "radiogroup" : "group";
  const group = el("div", { class: "choices", role, ...naming(element, field, true) });
  const name = freshId("choice");
  for (const option of element.options) {
    const box = el("input", { type, name, value: option.value });
    box.checked = initial.includes(option.value);
    group.append(el("label", { class: "choice" }, box, el("span", {}, optionText(option, env))));
  }
  const checked = () => [...group.querySelectorAll("input:checked")].map((it) => it.value);
  group.readValue = () => (type === "radio" ? (checked()[0] ?? null) : checked());
  group.addEventListener("change", () => env.act(group, element, group.readValue()));
  return group;
}

function optionText(option, env) {
  const shown = (text) =>
    text.type === "mrkdwn" ? mrkdwn(text.text, env) : plainText(text.text, env);
  const more = option.description;
  return [shown(option.text), more && el("span", { class: "choice-more" }, shown(more))];
}

function typed(element, env, field, type, more = {}, initial = element.initial_value) {
  const props = {
    class: "input",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    ...naming(element, field),
    ...more,
  };
  const control = element.multiline
    ? el("textarea", { rows: 4, ...props })
    : el("input", { type, autocomplete: "off", ...props });
  control.value = initial ?? "";
  control.readValue = () => control.value || null;
  control.addEventListener("change", () => env.act(control, element, control.readValue()));
  return control;
}
