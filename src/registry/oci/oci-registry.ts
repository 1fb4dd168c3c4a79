import type { RegistryReader, RegistryWriter } from '../registry.ts'
import type { OciClients } from './clients.ts'
import { readLabels } from './labels.ts'
import { retag } from './retag.ts'

/** What every registry can do, of the port to registries. */
export function createOciRegistry(clients: OciClients): RegistryReader & RegistryWriter {
  return {
    async resolve(image, reference) {
      const { client, repository } = clients.of(image)
      const manifest = await client.headManifest(repository, reference)
      return manifest === null ? null : { digest: manifest.digest, mediaType: manifest.mediaType }
    },
    async listTags(image) {
      const { client, repository } = clients.of(image)
      return await client.listTags(repository)
    },
    readLabels: async (image, digest) => await readLabels(clients.of(image), digest),
    retag: async (wish) => await retag(clients, wish),
  }
}
