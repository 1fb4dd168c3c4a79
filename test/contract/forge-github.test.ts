import { forgeContract } from './forge.ts'
import { startGitHubWorld } from './github-world.ts'

forgeContract('GitHub', startGitHubWorld)
