/** The channel's id in what a person has at hand: the id itself, a link to the channel, or `<#id>`. */
export function channelIdIn(written: string): string | undefined {
  const text = written.trim();
  const link = /^https?:\/\/[^/]+\/channels\/\d+\/(\d+)/.exec(text)?.[1];
  const id = link ?? /^<#(\d+)>$/.exec(text)?.[1] ?? text;
  return /^[1-9]\d{16,19}$/.test(id) ? id : undefined;
}
