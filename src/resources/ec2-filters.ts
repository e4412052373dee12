/** How much may be asked for in one call of EC2 with filters? */

/**
 * 200 values in one call. The user guide says so of each filter, and EC2's refusal (FilterLimitExceeded) of the call as a
 * whole; one place is left for a filter beside.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 * https://github.com/gjbae1212/gossm/issues/47
 */
const VALUES_PER_CALL = 199;

/** What is asked for, in as many parts as it takes calls. */
export function perCall(values: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(values.length / VALUES_PER_CALL) }, (_, i) =>
    values.slice(i * VALUES_PER_CALL, (i + 1) * VALUES_PER_CALL),
  );
}
