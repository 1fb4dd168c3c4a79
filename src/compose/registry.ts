import { SupercargoError } from '../domain/errors.ts'
import type { ImageName } from '../domain/image.ts'
import type { Registry } from '../registry/registry.ts'

/** All registries that the operator lets the bot ask, behind one port. */
export function createRegistry(): Registry {
  return {
    resolve: unknown,
    listTags: unknown,
    readLabels: unknown,
    retag: ({ to }) => unknown(to),
    readScan: unknown,
    verifySignature: unknown,
  }
}

async function unknown(image: ImageName): Promise<never> {
  throw new SupercargoError(`The registry of ${image.written} is none that Supercargo may ask.`, {
    code: 'registry-unknown',
    kind: 'permanent',
  })
}
