import { el } from "./markdown.js";

/** Shows a form that the bot opened, and sends it. */
export function showForm({ interactionId, modal }, act) {
  const dialog = document.querySelector("#form");
  const fields = new Map();
  const body = el("form", { method: "dialog" }, el("strong", { textContent: modal.title }));
  const add = (field, label) => {
    if (field.type === 10) return body.append(el("p", { textContent: field.content }));
    const control =
      field.type === 4
        ? el(field.style === 2 ? "textarea" : "input", {
            value: field.value ?? "",
            placeholder: field.placeholder ?? "",
            required: field.required !== false,
            maxLength: field.max_length ?? 4000,
          })
        : el("select", { multiple: (field.max_values ?? 1) > 1 });
    for (const { value, label: text } of field.options ?? []) control.append(el("option", { value, textContent: text }));
    fields.set(field.custom_id, control);
    body.append(el("label", { textContent: label ?? field.custom_id }), control);
  };
  for (const component of modal.components) {
    if (component.component) add(component.component, component.label);
    else if (component.components) for (const field of component.components) add(field, field.label);
    else add(component);
  }
  const cancel = el("button", { type: "button", className: "push", textContent: "Cancel" });
  cancel.addEventListener("click", () => dialog.close());
  body.append(el("footer", {}, cancel, el("button", { className: "push primary", textContent: "Submit" })));
  body.addEventListener("submit", () => {
    const values = {};
    for (const [id, control] of fields) {
      values[id] = control.selectedOptions ? [...control.selectedOptions].map(({ value }) => value) : control.value;
    }
    act({ do: "submits", interactionId, values });
  });
  dialog.replaceChildren(body);
  dialog.showModal();
}
