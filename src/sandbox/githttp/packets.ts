import type { RefChange } from '../model/events.ts'

/** One pkt-line of the git protocol. https://git-scm.com/docs/protocol-common#_pkt_line_format */
export function packet(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`
}

export const FLUSH = '0000'

/**
 * The reference updates that begin the body of `git-receive-pack`.
 * https://git-scm.com/docs/gitprotocol-pack#_reference_update_request_and_packfile_transfer
 */
export function readCommands(body: Buffer): RefChange[] {
  const commands: RefChange[] = []
  let at = 0
  while (at + 4 <= body.length) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16)
    if (!(length > 4)) break
    const line =
      body
        .toString('utf8', at + 4, at + length)
        .split('\0')[0]
        ?.replace(/\n$/, '') ?? ''
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (\S+)$/.exec(line)
    if (match !== null) {
      commands.push({ before: match[1] ?? '', after: match[2] ?? '', ref: match[3] ?? '' })
    }
    at += length
  }
  return commands
}
