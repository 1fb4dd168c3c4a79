export { seedSamples } from './samples/seed.ts'
export { createSandbox, listen, type Sandbox, type SandboxOptions } from './sandbox.ts'
