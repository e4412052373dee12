/** What becomes of a change of a group while something uses it, as a policy writes it. */
import { z } from 'zod';

export function whenInUse(otherwise: 'hold' | 'proceed') {
  return z
    .enum(['hold', 'proceed'])
    .default(otherwise)
    .describe(
      '`hold`: a group that is attached to a network interface is left as it is, and the plan says who uses it; `proceed`: it is changed, and the plan says so as well',
    );
}
