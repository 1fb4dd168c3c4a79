import type { ImageGates } from '../../config/model.ts'
import type { ImageName } from '../../domain/image.ts'
import { SEVERITIES, type Severity } from '../../domain/trust.ts'
import type { Scan } from '../../registry/registry.ts'
import { type Answers, answerTo } from '../questions.ts'
import { allOf, asks, HOLDS, lacks, unanswered, type Verdict } from './wait.ts'

/** An image that exists, for which gates are asked. */
export interface GatedImage {
  image: ImageName
  digest: string
  /** For texts: the tag of the version. */
  tag: string
}

/** What an image must have beyond being there: what its scanner says, and a signature of somebody who is trusted. */
export function imageGates(answers: Answers, gates: ImageGates, gated: GatedImage): Verdict {
  return allOf([scanGate(answers, gates, gated).verdict, signatureGate(answers, gates, gated).verdict])
}

/** What was found where all gates hold: one whole sentence for each, without markup; [] where nobody asks. */
export function gateFacts(answers: Answers, gates: readonly ImageGates[], gated: GatedImage): string[] {
  const scan = strictest(gates)
  const facts = [
    scanGate(answers, { scan, signature: [] }, gated).fact,
    ...gates.map(({ signature }) => signatureGate(answers, { scan: null, signature }, gated).fact),
  ]
  return [...new Set(facts.filter((fact) => fact !== null))]
}

interface Judged {
  verdict: Verdict
  fact: string | null
}

function strictest(gates: readonly ImageGates[]): ImageGates['scan'] {
  const thresholds = gates.flatMap(({ scan }) => scan ?? [])
  return thresholds.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}

function scanGate(answers: Answers, { scan: threshold }: ImageGates, gated: GatedImage): Judged {
  const { image, digest, tag } = gated
  if (threshold === null) return { verdict: HOLDS, fact: null }
  const question = { about: 'scan' as const, image, digest }
  const answer = answerTo(answers, question)
  if (answer === null) return { verdict: asks(question), fact: null }
  const name = `${image.written}:${tag}`
  if (!answer.known) return unmet(unanswered(`What the scanner found in ${name}`, answer))
  const scan = answer.value
  const why = (code: string, message: string, again: boolean) => unmet(lacks({ code, message }, again))
  switch (scan.state) {
    case 'none':
      return why('scan-missing', `${tag} waits for a scan of ${name}, which nobody has asked for yet.`, true)
    case 'running':
      return why('scan-running', `${tag} waits for the scan of ${name} to end.`, true)
    case 'failed':
      return why('scan-failed', `The scan of ${name} failed. Start it again in the registry.`, true)
    case 'done':
      if (isBelow(scan.worst, threshold)) {
        const fact = `The scanner found nothing of severity ${threshold} or worse${inBrackets(counted(scan))}.`
        return { verdict: HOLDS, fact }
      }
      return why(
        'scan-vulnerable',
        `The scanner found ${counted(scan) || 'vulnerabilities'} in ${name}: nothing of severity ${threshold} or worse may be there.`,
        false,
      )
  }
}

/** What the scanner cannot rate may be as bad as anything. */
function isBelow(worst: Severity | 'unknown', threshold: Severity): boolean {
  return worst !== 'unknown' && rank(worst) < rank(threshold)
}

/** `2 critical, 1 high, 3 unknown`; '' where nothing was counted. */
function counted({ counts }: Extract<Scan, { state: 'done' }>): string {
  const found = [...SEVERITIES.toReversed(), 'unknown' as const].flatMap((severity) => {
    const count = severity === 'none' ? 0 : (counts[severity] ?? 0)
    return count > 0 ? [`${count} ${severity}`] : []
  })
  return found.join(', ')
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text})`
}

/** Any one of those who are trusted is enough; an image is signed after it is pushed, so that it may come. */
function signatureGate(answers: Answers, { signature: trusted }: ImageGates, gated: GatedImage): Judged {
  const { image, digest, tag } = gated
  if (trusted.length === 0) return { verdict: HOLDS, fact: null }
  const name = `${image.written}:${tag}`
  const judged = trusted.map((trust): Judged => {
    const question = { about: 'signature' as const, image, digest, trust }
    const answer = answerTo(answers, question)
    if (answer === null) return { verdict: asks(question), fact: null }
    if (!answer.known) return unmet(unanswered(`Whether ${name} is signed`, answer))
    if (answer.value.valid) return { verdict: HOLDS, fact: `It is signed by ${answer.value.signer}.` }
    const message = `${name} is not signed as it must be: ${answer.value.reason}`
    return unmet(lacks({ code: 'signature-invalid', message }, true))
  })
  const valid = judged.find(({ fact }) => fact !== null)
  if (valid !== undefined) return valid
  // one that could not be asked may yet be the one that holds
  const open = judged.filter(({ verdict }) => verdict.waits.every(({ kind }) => kind === 'unknown'))
  return unmet(allOf((open.length > 0 ? open : judged.slice(0, 1)).map(({ verdict }) => verdict)))
}

function unmet(verdict: Verdict): Judged {
  return { verdict, fact: null }
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
