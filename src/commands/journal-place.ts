/** Where is the record kept? In a directory, or in a bucket that is reached with the caller's own credentials. */

import { openDirectory } from '../journal/directory.ts';
import type { Objects } from '../journal/objects.ts';
import { isS3, parseS3Place } from '../journal/s3-place.ts';
import type { JournalStore } from '../journal/store.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import type { Run } from '../run.ts';
import { type Io, usageError } from './io.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';

/** In a pipeline the place is chosen on purpose: a journal on a machine that is thrown away is no record. */
export function journalPlace(given: string | undefined, { env }: Pick<Io, 'env'>): string {
  if (given !== undefined && isS3(given)) parseS3Place(given);
  if (given) return given;
  if (env.CI) {
    throw usageError(
      'in a pipeline the place of the journal must be chosen',
      'add --journal s3://BUCKET/PREFIX, or a directory that is kept',
    );
  }
  return '.trueup/journal';
}

type Reach = Pick<Run, 'connection' | 'fleet'>;

export async function openStore(place: string, reach: Reach): Promise<JournalStore> {
  if (!isS3(place)) return openDirectory(place);
  const { openS3Journal } = await import('../journal/s3-journal.ts');
  return openS3Journal(await openObjects(place, reach), place, parseS3Place(place).prefix);
}

/** Opens the store for a command that needs AWS for nothing else: a directory needs no connection at all. */
export async function withStore<Result>(
  options: Omit<CommonOptions, 'only'> & { readonly journal?: string },
  io: Io,
  work: (store: JournalStore) => Promise<Result>,
): Promise<Result> {
  const place = journalPlace(options.journal, io);
  if (!isS3(place)) return work(openDirectory(place));
  return withRun(options, 'read', io, async (run) => work(await openStore(place, run)));
}

/** @throws what goes wrong there as a `TrueupError`, from every method. */
export async function openObjects(text: string, { connection, fleet }: Reach): Promise<Objects> {
  const { bucketOperations, openBucket } = await import('../journal/objects.ts');
  const { bucket, region = fleet.homeRegion, owner = connection.caller.account } = parseS3Place(text);
  const objects = openBucket(connection.own(region, bucketOperations), { bucket, owner });
  const told =
    <Words extends readonly unknown[], Result>(doing: string, work: (...words: Words) => Promise<Result>) =>
    (...words: Words): Promise<Result> =>
      work(...words).catch((error: unknown) => {
        const what = { doing: `${doing} the bucket ${bucket}`, account: owner, region };
        throw new TrueupError(isElsewhere(error) ? elsewhere(bucket, region) : connection.explain(error, what), {
          cause: error,
        });
      });
  return {
    create: told('write to', objects.create),
    swap: told('write to', objects.swap),
    read: told('read from', objects.read),
    keys: told('list', objects.keys),
    folders: told('list', objects.folders),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function isElsewhere(error: unknown): boolean {
  const names = ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];
  return error instanceof Error && names.includes(error.name);
}

function elsewhere(bucket: string, region: string): Reason {
  return {
    code: 'bucket-elsewhere',
    message: `the bucket ${bucket} is not in ${region}`,
    advice: `say where it is: s3://${bucket}/PREFIX?region=REGION`,
  };
}
