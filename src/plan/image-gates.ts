import type { ImageGates } from '../config/model.ts'
import type { ImageName } from '../domain/image.ts'
import { SEVERITIES, type SignatureTrust } from '../domain/trust.ts'
import type { Scan, SignatureVerdict } from '../registry/registry.ts'
import type { Answers } from './questions.ts'
import { all, answered, holds, refused, then, type Verdict, waits } from './verdict.ts'

type Found = Extract<Scan, { state: 'done' }>

/**
 * Whether an image may be deployed: everything that any of the gates asks for must hold.
 * @param gates those of the target, and those of the manifest repository's policy
 * @returns what was found, one whole sentence for each gate, without markup
 */
export function gatesOf(
  answers: Answers,
  gates: readonly ImageGates[],
  image: ImageName,
  digest: string,
): Verdict<string[]> {
  const threshold = strictest(gates)
  const trusted = gates.filter(({ signature }) => signature.length > 0)
  return all([
    ...(threshold === null ? [] : [scanGate(answers, threshold, image, digest)]),
    ...trusted.map(({ signature }) => signatureGate(answers, signature, image, digest)),
  ])
}

/** Whether anything is asked of an image beyond being there. */
export function hasGates(gates: readonly ImageGates[]): boolean {
  return gates.some(({ scan, signature }) => scan !== null || signature.length > 0)
}

function strictest(gates: readonly ImageGates[]): NonNullable<ImageGates['scan']> | null {
  const severities = gates.flatMap(({ scan }) => scan ?? [])
  return severities.toSorted((a, b) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b))[0] ?? null
}

function scanGate(
  answers: Answers,
  threshold: NonNullable<ImageGates['scan']>,
  image: ImageName,
  digest: string,
): Verdict<string> {
  return then(answered<'scan'>(answers, { about: 'scan', image, digest }), (scan) => {
    const name = image.written
    switch (scan.state) {
      case 'none':
        return waits('scan-missing', `Nobody has scanned ${name} yet; it waits for the registry's scanner.`)
      case 'running':
        return waits('scan-running', `The registry's scanner has not finished with ${name} yet.`)
      case 'failed':
        return refused('scan-failed', `The scan of ${name} failed; it has to be started again.`)
      case 'done':
        return judgeScan(scan, threshold, name)
    }
  })
}

/** What the scanner cannot rate may be as bad as anything. */
function judgeScan(scan: Found, threshold: NonNullable<ImageGates['scan']>, name: string): Verdict<string> {
  const isWithin = scan.worst !== 'unknown' && SEVERITIES.indexOf(scan.worst) < SEVERITIES.indexOf(threshold)
  if (isWithin) return holds(`The scan of ${name} found nothing of severity ${threshold} or worse.`)
  const found = [...SEVERITIES.toReversed(), 'unknown' as const].flatMap((severity) => {
    const count = scan.counts[severity] ?? 0
    return count > 0 && severity !== 'none' ? [`${count} ${severity}`] : []
  })
  const what = found.length === 0 ? `something of severity ${scan.worst}` : found.join(', ')
  return refused(
    'scan-vulnerable',
    `The scan of ${name} found ${what}; nothing of severity ${threshold} or worse may be deployed.`,
  )
}

/** Any one of those who are trusted is enough. */
function signatureGate(
  answers: Answers,
  trusted: readonly SignatureTrust[],
  image: ImageName,
  digest: string,
): Verdict<string> {
  const verdicts = trusted.map((trust) =>
    then(answered<'signature'>(answers, { about: 'signature', image, digest, trust }), (verdict) =>
      judgeSignature(verdict, image.written),
    ),
  )
  const signed = verdicts.find(({ state }) => state === 'holds')
  return signed ?? then(all(verdicts), ([first]) => holds(first ?? ''))
}

function judgeSignature(verdict: SignatureVerdict, name: string): Verdict<string> {
  return verdict.valid
    ? holds(`${name} is signed by ${verdict.signer}.`)
    : refused('signature-invalid', `${name} has no signature that counts: ${verdict.reason}`)
}
