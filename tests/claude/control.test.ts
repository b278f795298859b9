import { expect, test } from "vitest";
import { createControl } from "../../src/claude/control.ts";

interface Written {
  readonly request_id: string;
}

function bench() {
  const written: Written[] = [];
  const control = createControl((line) => written.push(line as Written));
  const idOf = (index: number) => written[index]?.request_id ?? "";
  return { control, written, idOf };
}

test("answers find their requests, in any order", async () => {
  const { control, written, idOf } = bench();
  const first = control.request({ subtype: "initialize" }, 60_000);
  const second = control.request({ subtype: "interrupt", cancel_queued: true }, 60_000);
  control.answered({ response: { subtype: "success", request_id: idOf(1), response: "second" } });
  control.answered({ response: { subtype: "success", request_id: "nobody's", response: "?" } });
  control.answered({ response: { subtype: "success", request_id: idOf(0), response: "first" } });
  expect(await Promise.all([first, second])).toEqual(["first", "second"]);
  expect(written).toMatchObject([
    { type: "control_request", request: { subtype: "initialize" } },
    { type: "control_request", request: { subtype: "interrupt", cancel_queued: true } },
  ]);
});

test("a refusal, a silence and an exit are told apart", async () => {
  const { control, idOf } = bench();
  const refused = control.request({ subtype: "set_model" }, 60_000);
  const unanswered = control.request({ subtype: "initialize" }, 10);
  const cutOff = control.request({ subtype: "interrupt" }, 60_000);
  control.answered({ response: { subtype: "error", request_id: idOf(0), error: "no such thing" } });
  await expect(refused).rejects.toMatchObject({ reason: "refused", message: "no such thing" });
  await expect(unanswered).rejects.toMatchObject({ reason: "timed_out" });
  control.close();
  await expect(cutOff).rejects.toMatchObject({ reason: "gone" });
  await expect(control.request({ subtype: "interrupt" }, 60_000)).rejects.toMatchObject({ reason: "gone" });
});
