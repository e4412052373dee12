/** What may a seed say about settings of accounts and regions? */
import { z } from 'zod';
import { BLOCKS, MANAGEABLE, METADATA } from '../world/setting-names.ts';

const block = z.enum(['unblocked', 'block-new-sharing']);

export const settingsSeed = z
  .strictObject({
    /** Which accounts and regions; all, unless said. */
    accounts: z.array(z.string()),
    regions: z.array(z.string()),
    encryption: z.boolean(),
    key: z.string(),
    snapshots: z.enum(['unblocked', 'block-new-sharing', 'block-all-sharing']),
    images: block,
    /** As long as EC2 goes on showing the old value after a change. */
    imagesSettleSeconds: z.number().min(0),
    metadata: z.partialRecord(z.enum(METADATA), z.string()),
    serialConsole: z.boolean(),
    /** What a declarative policy of the organisation has taken over. */
    managed: z.array(z.enum(MANAGEABLE)),
    /** The blocks that are on; an empty list is a configuration in which all are off. */
    publicAccessBlock: z.array(z.enum(BLOCKS)),
  })
  .partial();

export type SettingsSeed = Readonly<z.output<typeof settingsSeed>>;
