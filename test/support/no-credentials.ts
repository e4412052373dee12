/**
 * Loaded in every worker: what runs inside a test finds no credentials or settings of whoever runs the tests. The SDK
 * looks into the environment of the process for them, and into files of the home directory.
 */
for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_'))) delete process.env[name];
process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';

export {};
