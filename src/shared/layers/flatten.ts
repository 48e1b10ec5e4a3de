import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { dataFormatHelp, dataFormatSchema, formatWords } from './data-format.ts';
import { fits, misfits, showShape, sizeOf } from './shapes.ts';

const schema = z.strictObject({ data_format: dataFormatSchema });
type FlattenConfig = z.infer<typeof schema>;

export const flatten: LayerDefinition<FlattenConfig> = {
  type: 'Flatten',
  baseName: 'flatten',
  title: 'Flatten',
  family: 'shape',
  summary: 'Lays all steps and features of an example out in one row.',
  schema,
  parameters: { data_format: dataFormatHelp },
  inputs: { min: 1, max: 1 },
  shape(_config, [input]) {
    if (!input!.slice(1).includes(null)) return fits([null, sizeOf(input!)]);
    return misfits(
      `Flatten needs a fixed length but receives ${showShape(input!)}.`,
      'State the length in the Input, or use GlobalMaxPooling1D instead.',
    );
  },
  weights: () => [],
  mask: () => 'drop',
  multiplyAdds: () => 0,
  equations({ data_format }, [input]) {
    const where = formatWords(data_format);
    const size = sizeOf(input!);
    const tex = `y = \\operatorname{vec}(x) \\in \\mathbb{R}^{${size}}`;
    return [{ tex, plain: `y = all ${size} values of x in one row`, ...(where && { where }) }];
  },
  python: (config) => pythonCall('layers.Flatten', schema, config),
  r: (config) => rCall('layer_flatten', schema, config),
};
