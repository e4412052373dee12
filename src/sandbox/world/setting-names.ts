/** The settings that have parts, by the names that AWS gives those. */
export const METADATA = ['httpTokens', 'hopLimit', 'httpEndpoint', 'tags', 'httpTokensEnforced'] as const;
export type MetadataField = (typeof METADATA)[number];

/** Settings that an EC2 declarative policy can take over. */
export const MANAGEABLE = ['images', 'snapshots', 'metadata', 'serialConsole'] as const;
export type Manageable = (typeof MANAGEABLE)[number];

export const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
