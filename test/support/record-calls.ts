/** Loaded in every worker: writes down what Trueup asked of IAM in any sandbox there. It imports nothing that takes time. */

import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { JUDGED, type Judged } from '../../src/sandbox/judged.ts';

/** The roles of the accounts; every session that Trueup opens in them has a name that begins so. */
const ROLE = /^trueup-(read|write|heal)$/;
const SESSION = /^trueup-/;

const once = globalThis as { trueupRecords?: true };

if (!once.trueupRecords && process.env.TRUEUP_TEST_RECORDED_CALLS !== undefined) {
  once.trueupRecords = true;
  const file = join(process.env.TRUEUP_TEST_RECORDED_CALLS, `${process.pid}.jsonl`);
  const seen = new Set<string>();
  subscribe(JUDGED, (judged) => {
    const { role, session, demand } = judged as Judged;
    if (!ROLE.test(role) || !SESSION.test(session)) return;
    const { action } = demand;
    const resource = demand.resource.replace(/\b(sgr?)-[0-9a-f]{8,}$/, '$1-0');
    const line = JSON.stringify({ role, action, resource });
    // What is asked again is not written again.
    if (seen.has(line)) return;
    seen.add(line);
    appendFileSync(file, `${line}\n`);
  });
}
