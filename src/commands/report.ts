/** `trueup report`: every rule of every security group, and what is to be said about it; from live AWS or a snapshot. */
import type { Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import { takeStock } from '../reconcile.ts';
import { collectReport, type Report } from '../render/report/collect.ts';
import { renderCsv } from '../render/report/csv.ts';
import { renderReportHtml } from '../render/report/html.ts';
import { limitsIn } from '../render/report/limits.ts';
import { renderReport } from '../render/report/markdown.ts';
import { readSnapshot } from './files.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { type CommonOptions, parseOnly } from './options.ts';
import { readState, withRun } from './session.ts';
import { writeWhole } from './write-whole.ts';

export const REPORT_FORMATS = ['markdown', 'html', 'json', 'csv'] as const;

export type ReportOptions = CommonOptions & {
  readonly snapshot?: string;
  readonly out?: string;
  readonly format?: (typeof REPORT_FORMATS)[number];
};

/** Unread never counts as clean: the report is made, and the exit code says that it is not whole. */
export async function report(options: ReportOptions, io: Io): Promise<ExitCode> {
  const made =
    options.snapshot === undefined ? await reportLive(options, io) : await reportStored(options, options.snapshot, io);
  const text = show(made, options.json ? 'json' : (options.format ?? 'markdown'));
  if (options.out === undefined) io.result(text);
  else {
    await writeWhole(options.out, `${text}\n`);
    io.say(`report written to ${options.out}`);
  }
  return made.unread.length > 0 ? EXIT.error : EXIT.done;
}

function show(made: Report, format: NonNullable<ReportOptions['format']>): string {
  switch (format) {
    case 'json':
      return JSON.stringify(made, null, 2);
    case 'csv':
      return renderCsv(made);
    case 'html':
      return renderReportHtml(made);
    case 'markdown':
      return renderReport(made);
  }
}

async function reportLive(options: ReportOptions, io: Io): Promise<Report> {
  if (parseOnly(options.only)?.guardrails)
    throw usageError('a report knows no guardrails: it has every group', 'narrow it by account=… and region=…');
  return withRun(options, 'read', io, async (run) => reportOf(await takeStock(run), run.state));
}

async function reportStored(options: ReportOptions, path: string, io: Io): Promise<Report> {
  const stored = await readSnapshot(path);
  io.say(
    `from the snapshot of ${stored.takenAt}: who uses which group, and tags of rules, are in it only where a plan needed them`,
  );
  return reportOf(stored, await readState(options.state, io));
}

function reportOf(snapshot: Snapshot, state: State): Report {
  return collectReport(snapshot, limitsIn(state, snapshot.inventory));
}
