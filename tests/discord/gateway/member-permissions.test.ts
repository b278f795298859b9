import type { APIGuild, APIGuildMember } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { memberPermissions } from "../../../src/discord/gateway/member-permissions.ts";

const NOW = Date.parse("2026-03-04T05:06:07Z");
const SEND = String(1n << 11n);
const VIEW_AND_SEND = String((1n << 10n) | (1n << 11n));

const guild = { id: "1", owner_id: "2", roles: [{ id: "1", permissions: VIEW_AND_SEND }] } as APIGuild;

function member(id: string, timedOutUntil: string | null = null): APIGuildMember {
  return {
    user: { id },
    roles: [],
    communication_disabled_until: timedOutUntil,
  } as unknown as APIGuildMember;
}

test("the guild's owner may do everything, whatever a channel denies", () => {
  const channel = { permission_overwrites: [{ id: "1", type: 0, allow: "0", deny: SEND }] };
  expect(memberPermissions({ guild, member: member("2") }, channel, NOW).has("SendMessages")).toBe(true);
  expect(memberPermissions({ guild, member: member("3") }, channel, NOW).has("SendMessages")).toBe(false);
});

test("whoever is timed out may only look, until the time is over", () => {
  const at = (nowMs: number) =>
    memberPermissions({ guild, member: member("3", "2026-03-04T05:10:00Z") }, {}, nowMs).toArray();
  expect(at(NOW)).toEqual(["ViewChannel"]);
  expect(at(NOW + 3_600_000)).toEqual(["ViewChannel", "SendMessages"]);
});
