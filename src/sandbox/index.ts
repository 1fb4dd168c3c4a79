export { createSandbox, type GitHubSandbox as Sandbox, type SandboxOptions } from './github/sandbox.ts'
export {
  createGitLabSandbox,
  type GitLabSandbox,
  type GitLabSandboxOptions,
} from './gitlab/sandbox.ts'
export { listen } from './listen.ts'
export { seedSamples } from './samples/seed.ts'
