/** What is wrong with a layer's parameters, in words. */
import type { z } from 'zod';
import type { LayerDefinition, ShapeProblem } from '../layers/layer.ts';

/** @param issue the first thing the layer's schema found */
export function configurationProblem(
  { type, parameters }: LayerDefinition,
  issue: z.core.$ZodIssue,
): ShapeProblem {
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(parameters).join(', ');
    const unknown = issue.keys.join(', ');
    const fix = known ? `Remove it; ${type} knows ${known}.` : `Remove it; ${type} has no parameters.`;
    return { message: `${type} has no parameter ${[name, unknown].filter(Boolean).join('.')}.`, fix };
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return { message: `${name} of ${type} is missing.`, fix: `Set ${name}.` };
  return {
    message: `${name} of ${type} is not valid: ${issue.message}.`,
    fix: `Correct ${name || 'its parameters'}.`,
  };
}
