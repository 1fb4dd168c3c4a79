#!/usr/bin/env node
import { runCommandLine } from './program.ts'
import { preferShortRuns } from './short-runs.ts'
import { processTerminal } from './terminal.ts'

// The door of the command line: `supercargo <command>`.

preferShortRuns()
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal())
