#!/usr/bin/env node
import { runCommandLine } from './program.ts'
import { processTerminal } from './terminal.ts'

// The door of the command line: `supercargo <command>`.

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal())
