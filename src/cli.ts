#!/usr/bin/env node
/** The command line as a process. */
import { runCommandLine } from './command-line.ts';

// Not awaited at the top level: a lazily loaded chunk that imports this file would wait for it in vain.
void runCommandLine(process.argv.slice(2), process);
