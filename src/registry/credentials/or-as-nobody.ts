import { SupercargoError } from '../../domain/errors.ts'
import type { OciClient } from '../oci/client.ts'

/**
 * Reads once more as nobody what the credentials may not read: a token that a registry does not take must not hide
 * what everybody may see. Writes as before.
 */
export function orAsNobody(known: OciClient, nobody: OciClient): OciClient {
  async function read<T>(ask: (client: OciClient) => Promise<T>): Promise<T> {
    try {
      return await ask(known)
    } catch (error) {
      if (!isDenied(error)) throw error
      return await ask(nobody).catch((second: unknown) => {
        throw isDenied(second) ? error : second
      })
    }
  }
  return {
    ...known,
    headManifest: (...about) => read((client) => client.headManifest(...about)),
    getManifest: (...about) => read((client) => client.getManifest(...about)),
    getBlob: (...about) => read((client) => client.getBlob(...about)),
    listTags: (...about) => read((client) => client.listTags(...about)),
    listReferrers: (...about) => read((client) => client.listReferrers(...about)),
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof SupercargoError && error.code === 'registry-denied'
}
