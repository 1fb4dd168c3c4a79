import { z } from 'zod'
import { parseIdentity, parseIssuer, parsePublicKey } from './grammar-trust.ts'
import { text } from './schema-parts.ts'

const NEEDS = 'Write { key: … } or { identity: …, issuer: … }.'

/** One form or the other; the reader judges by the same rules, in words. */
const FORMS = {
  oneOf: [
    { required: ['key'], properties: { identity: false, issuer: false } },
    { required: ['identity', 'issuer'], properties: { key: false } },
  ],
}

const signer = z
  .strictObject({
    key: text(parsePublicKey, {
      description: 'The PEM of a public key.',
      pattern: '^\\s*-----BEGIN PUBLIC KEY-----\\s[A-Za-z0-9+/=\\s]+-----END PUBLIC KEY-----\\s*$',
    }).optional(),
    identity: text(parseIdentity, {
      description: 'Who has signed by a certificate of Fulcio: an address or a pattern over addresses.',
      pattern: '^[a-z][a-z0-9+.-]*://[^/*?]+/[^/*?\\s]+(/\\S*)?$|^[^@/\\s]+@[^@/*?\\s]+$',
      examples: ['https://github.com/acme/web/.github/workflows/**', 'release@acme.dev'],
    }).optional(),
    issuer: text(parseIssuer, {
      description: 'Who told Fulcio so.',
      pattern: '^https://[^\\s*?#]+$',
      examples: ['https://token.actions.githubusercontent.com', 'https://gitlab.com'],
    }).optional(),
  })
  .superRefine(({ key, identity, issuer }, context) => {
    const complain = (code: string, message: string) =>
      context.addIssue({ code: 'custom', message, params: { code, advice: NEEDS } })
    const named = identity !== undefined || issuer !== undefined
    if (key !== undefined && named) complain('conflict', 'This signature has a key and an identity at once.')
    else if (key === undefined && !named) complain('missing', 'This signature says nobody who must sign.')
    else if (key === undefined && identity === undefined)
      complain('missing', 'This signature has an issuer without an identity.')
    else if (key === undefined && issuer === undefined)
      complain('missing', 'This signature has an identity without an issuer.')
  })
  .meta({ description: 'A public key, or an identity with its issuer.', ...FORMS })

/** What an image must have: in the application's file, and in entries of the policy. */
export const gatesSchema = z
  .strictObject({
    scan: z
      .enum(['low', 'medium', 'high', 'critical'])
      .meta({
        description:
          'The scanner of the registry must have found nothing of this severity or worse, nor anything that it cannot rate.',
      })
      .optional(),
    signature: z
      .union([signer, z.array(signer).min(1).max(20)])
      .meta({ description: 'Who must have signed the image; of a list, any one of them.' })
      .optional(),
  })
  .meta({ description: 'What an image must have beyond being there.', examples: [{ scan: 'high' }] })

export type WrittenGates = z.infer<typeof gatesSchema>
