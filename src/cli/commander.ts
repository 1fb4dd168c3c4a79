/** As one module of its own kind, which the build makes of it: node takes longer to load CommonJS from here. */
export { Command, CommanderError, Option } from 'commander'
