/** The words behind a verb. */
export interface Words {
  words: Word[]
  /** What stands behind `--`; null without it. */
  reason: string | null
}

export interface Word {
  /** Of `key=value`; null for a word that is none. */
  key: string | null
  text: string
  /** A quoted word is never a keyword such as `for`. */
  quoted: boolean
}

const SINGLE = "'\u2018\u2019\u201a\u201b"
const DOUBLE = '"\u201c\u201d\u201e\u201f'
const REASON = /^(?:--|[\u2013\u2014\u2015])(?:\s+|$)/
const KEY = /^([a-z][a-z0-9-]{0,30})=/i

/**
 * Splits a line at its spaces. A word, or the value of `key=value`, may be quoted: `"a \"b\""`, and as phones write it:
 * `“a”`. A dash that a phone made of `--` begins the reason as well.
 * @returns null where a quote is not closed, or text follows right behind one
 */
export function splitWords(line: string): Words | null {
  const words: Word[] = []
  let rest = line.trim()
  while (rest !== '') {
    const dash = REASON.exec(rest)
    if (dash !== null) return { words, reason: rest.slice(dash[0].length).trim() || null }
    const key = KEY.exec(rest)?.[1] ?? null
    if (key !== null) rest = rest.slice(key.length + 1)
    const quotes = [SINGLE, DOUBLE].find((class_) => rest !== '' && class_.includes(rest.charAt(0)))
    const taken = quotes === undefined ? bareWord(rest) : quotedWord(rest, quotes)
    if (taken === null) return null
    words.push({ key: key?.toLowerCase() ?? null, text: taken.text, quoted: quotes !== undefined })
    rest = rest.slice(taken.length).trimStart()
  }
  return { words, reason: null }
}

interface Taken {
  text: string
  length: number
}

function bareWord(rest: string): Taken {
  const text = /^\S*/.exec(rest)?.[0] ?? ''
  return { text, length: text.length }
}

function quotedWord(rest: string, quotes: string): Taken | null {
  let text = ''
  for (let at = 1; at < rest.length; at++) {
    const character = rest.charAt(at)
    if (character === '\\' && at + 1 < rest.length) text += rest.charAt(++at)
    else if (!quotes.includes(character)) text += character
    else return /^\S/.test(rest.slice(at + 1)) ? null : { text, length: at + 1 }
  }
  return null
}
