import { cpus, loadavg, totalmem } from 'node:os'

/** What figures must be read with: the machine, and how busy it was. */
export interface Machine {
  cores: number
  cpu: string
  memoryGiB: number
  node: string
  platform: string
  /** Runnable processes on average over the last 1, 5 and 15 minutes. */
  load: number[]
  at: string
}

export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    load: loadavg().map((load) => Math.round(load * 100) / 100),
    at: new Date().toISOString(),
  }
}

/** `2 cores, AMD EPYC, 24 GiB, Node v20.20.2, linux x64; load 0.31 0.80 1.20` */
export function machineText({ cores, cpu, memoryGiB, node, platform, load }: Machine): string {
  return `${cores} cores, ${cpu}, ${memoryGiB} GiB, Node ${node}, ${platform}; load ${load.join(' ')}`
}
