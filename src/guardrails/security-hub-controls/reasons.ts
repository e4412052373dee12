/** Why what the state says of a control cannot be. */
import type { Json } from '../../model/json.ts';
import type { Reason } from '../../model/problem.ts';

export function unknownControl(id: string, nearest: Json | undefined): Reason {
  return {
    code: 'unknown-control',
    message: `Security Hub has no control ${id}`,
    advice:
      typeof nearest === 'string' ? `did you mean ${nearest}?` : 'look the id up in the console, or remove the line',
  };
}

export function unknownParameter(id: string, name: string, kind: string | undefined): Reason {
  return {
    code: 'unknown-parameter',
    message: kind ? `parameter ${name} of ${id} takes ${kind}` : `${id} has no parameter ${name}`,
    advice: 'see the parameters of the control in the console of Security Hub',
  };
}
