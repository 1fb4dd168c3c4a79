import { SupercargoError } from '../../domain/errors.ts'
import { splitName } from '../../domain/image.ts'
import { invalidAnswer, unavailable, wordsOf } from '../oci/errors.ts'
import { type Answer, createExchange } from '../oci/exchange.ts'
import type { RegistryAccess } from '../oci/options.ts'
import { basicAuthorization } from '../oci/token.ts'
import type { RegistryGates } from '../registry.ts'
import { REPORTS, readScanOverview } from './scan-overview.ts'

/** An artifact with its tags, labels and build history is some kilobytes. */
const MAX_BYTES = 1024 * 1024

/**
 * What the scanners of those registries found that are Harbors; `scan-unsupported` (permanent) for any other.
 * `harbors`: as the registries themselves are asked, by a robot that may read artifacts.
 */
export function createHarborScans(harbors: RegistryAccess[]): Pick<RegistryGates, 'readScan'> {
  const scans = new Map(harbors.map((access) => [access.host, createScans(access)]))
  return {
    async readScan(image, digest) {
      const { host } = splitName(image)
      const readScan = scans.get(host)
      if (readScan !== undefined) return await readScan(image, digest)
      throw new SupercargoError(`Supercargo knows no scanner of the registry ${host}.`, {
        code: 'scan-unsupported',
        kind: 'permanent',
        advice:
          'Have the operator name Harbor as its scanner where it is one, or ask for no scan of this image.',
      })
    },
  }
}

/**
 * `getArtifact` in https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml . The answer is taken from the
 * registry's own origin only. Throws as the port says, and `manifest-not-found` (permanent) when Harbor does not know
 * the image, or does not show it to the account.
 */
function createScans(access: RegistryAccess): RegistryGates['readScan'] {
  const { host } = access
  const base = (access.url ?? `https://${host}`).replace(/\/+$/, '')
  const exchange = createExchange(access)
  return async (image, digest) => {
    const { repository } = splitName(image)
    const url = urlOf(base, repository, digest)
    const credentials = await access.credentials(repository, [`repository:${repository}:pull`])
    const answer = await exchange({
      method: 'GET',
      url,
      headers: { accept: 'application/json', 'x-accept-vulnerabilities': REPORTS.join(', ') },
      authorization: credentials?.kind === 'basic' ? basicAuthorization(credentials) : null,
      maxBytes: MAX_BYTES,
    })
    if (answer.url.origin !== url.origin) throw unsupported(host)
    if (answer.status !== 200) throw failureOf(answer, host, repository, digest, credentials !== null)
    const scan = readScanOverview(parse(answer.bytes), digest)
    if (scan === null) throw invalidAnswer(host, 'something else than the artifact that it was asked for')
    return scan
  }
}

/** A repository's name with slashes is encoded twice, as the description says: `a/b` is `a%252Fb`. */
function urlOf(base: string, repository: string, digest: string): URL {
  const [project = '', ...rest] = repository.split('/')
  const name = encodeURIComponent(encodeURIComponent(rest.join('/')))
  const path = `projects/${encodeURIComponent(project)}/repositories/${name}/artifacts/${digest}`
  return new URL(`${base}/api/v2.0/${path}?with_scan_overview=true&with_tag=false`)
}

function failureOf(
  { status, bytes }: Answer,
  host: string,
  repository: string,
  digest: string,
  known: boolean,
) {
  const said = wordsOf(bytes)
  if (status === 401 || status === 403)
    return new SupercargoError(
      `Harbor at ${host} does not let Supercargo read what its scanner found in ${repository}.`,
      {
        code: 'registry-denied',
        kind: 'permanent',
        advice: known
          ? 'Give the robot account of this registry the permission to read artifacts in the project, or correct its secret.'
          : 'Give the server a robot account of this registry that may read artifacts.',
      },
    )
  // Harbor's errors are JSON, with words; what has none is another server's page.
  if (status === 404 && said !== '')
    return new SupercargoError(
      `Harbor at ${host} does not know ${repository}@${digest}, or does not show it to Supercargo.`,
      {
        code: 'manifest-not-found',
        kind: 'permanent',
        advice:
          'Check that the image is there, and that the account of this registry may read artifacts in its project.',
      },
    )
  if (status >= 500) return unavailable(host, `answered ${status} about the scan of ${repository}`)
  return unsupported(host)
}

function unsupported(host: string): SupercargoError {
  return new SupercargoError(`The registry ${host} does not answer as a Harbor.`, {
    code: 'scan-unsupported',
    kind: 'permanent',
    advice:
      'Name Harbor as the scanner of a registry only where it is one, and check the address of the registry.',
  })
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}
