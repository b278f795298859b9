import { ComponentType } from "discord-api-types/v10";
import type { FormProblem } from "./api-error.ts";

type Path = readonly (string | number)[];

/** A component of any kind, as far as looking for others inside it goes. */
export interface AnyComponent {
  readonly type: number;
  readonly id?: number | undefined;
  readonly custom_id?: string | undefined;
  readonly components?: readonly AnyComponent[] | undefined;
  readonly component?: AnyComponent | undefined;
  readonly accessory?: AnyComponent | undefined;
}

/** What is wrong with a message's components as a whole: rows, unique ids, and what only components V2 may hold. */
export function componentProblems(components: readonly AnyComponent[], isV2: boolean): FormProblem[] {
  return [
    ...(isV2 ? totalProblems(components) : classicProblems(components)),
    ...duplicates(components, "custom_id", {
      code: "COMPONENT_CUSTOM_ID_DUPLICATED",
      message: "Component custom id cannot be duplicated",
    }),
    ...duplicates(components, "id", {
      code: "COMPONENT_ID_DUPLICATED",
      message: "Component id cannot be duplicated",
    }),
  ];
}

/** Every component with its path, those inside others too. */
export function allComponents(
  components: readonly AnyComponent[],
  path: Path = ["components"],
): { component: AnyComponent; path: Path }[] {
  return components.flatMap((component, index) => withInner(component, [...path, index]));
}

/** Gives every component an `id` as Discord does, in order, keeping those that were chosen. */
export function numberComponents<C extends AnyComponent>(components: readonly C[]): C[] {
  const copy = structuredClone(components) as C[];
  const all = allComponents(copy).map(({ component }) => component);
  const taken = new Set(all.map(({ id }) => id ?? 0));
  let next = 1;
  for (const component of all) {
    if (component.id !== undefined && component.id !== 0) continue;
    while (taken.has(next)) next += 1;
    taken.add(next);
    Object.assign(component, { id: next });
  }
  return copy;
}

function withInner(component: AnyComponent, path: Path): { component: AnyComponent; path: Path }[] {
  return [
    { component, path },
    ...allComponents(component.components ?? [], [...path, "components"]),
    ...(component.component === undefined ? [] : withInner(component.component, [...path, "component"])),
    ...(component.accessory === undefined ? [] : withInner(component.accessory, [...path, "accessory"])),
  ];
}

function classicProblems(components: readonly AnyComponent[]): FormProblem[] {
  const wrong = components.flatMap((component, index) =>
    component.type === ComponentType.ActionRow
      ? []
      : [
          {
            path: ["components", index, "type"],
            code: "UNION_TYPE_CHOICES",
            message: 'Value of field "type" must be one of (1,).',
          },
        ],
  );
  if (components.length <= ROW_LIMIT) return wrong;
  const message = `Must be between 1 and ${ROW_LIMIT} in length.`;
  return [{ path: ["components"], code: "BASE_TYPE_BAD_LENGTH", message }, ...wrong];
}

function totalProblems(components: readonly AnyComponent[]): FormProblem[] {
  const all = allComponents(components);
  const text = all.reduce((sum, { component }) => sum + textLength(component), 0);
  return [
    ...(all.length > V2_COMPONENT_LIMIT
      ? [
          {
            path: ["components"],
            code: "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            message: `The total number of components exceeds the maximum of ${V2_COMPONENT_LIMIT}`,
          },
        ]
      : []),
    ...(text > V2_TEXT_LIMIT
      ? [
          {
            path: ["components"],
            code: "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            message: `The displayable text size exceeds the maximum size of ${V2_TEXT_LIMIT}`,
          },
        ]
      : []),
  ];
}

function textLength(component: AnyComponent & { content?: unknown }): number {
  return typeof component.content === "string" ? component.content.length : 0;
}

function duplicates(
  components: readonly AnyComponent[],
  field: "custom_id" | "id",
  problem: { code: string; message: string },
): FormProblem[] {
  const seen = new Set<string | number>();
  return allComponents(components).flatMap(({ component, path }) => {
    const value = component[field];
    if (value === undefined || value === 0) return [];
    const repeated = seen.has(value);
    seen.add(value);
    return repeated ? [{ path: [...path, field], ...problem }] : [];
  });
}

const ROW_LIMIT = 5;
const V2_COMPONENT_LIMIT = 40;
const V2_TEXT_LIMIT = 4000;
