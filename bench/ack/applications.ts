import { startEngine } from '../world/engine.ts'
import { appFiles, applicationFiles, policy } from '../world/files.ts'
import type { BenchForge } from '../world/forge.ts'

/**
 * Makes so many applications with one manifest repository, in which each has what it should have, so that
 * every further pass reads everything and writes nothing. Returns their names (`acme/app-0`).
 */
export async function applicationWorld(forge: BenchForge, count: number): Promise<string[]> {
  const apps = Array.from({ length: count }, (_, number) => `app-${number}`)
  const files = new Map([['.supercargo/policy.yml', policy(apps)]])
  for (const app of apps) {
    const repository = await forge.repository(app, applicationFiles('manifests', 'review', app))
    const tag = (await forge.head(repository)).slice(0, 7)
    for (const [path, text] of appFiles(app, tag)) files.set(path, text)
  }
  await forge.repository('manifests', files)
  const settle = startEngine(forge)
  for (const app of apps) {
    await settle(`acme/${app}`)
    await settle(`acme/${app}`)
  }
  return apps.map((app) => `acme/${app}`)
}
