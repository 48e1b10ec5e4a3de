/** The formats this version writes. To add one, add its file and a line here. */
import { UnrollError } from '../../shared/errors.ts';
import { bundleExporter } from './bundle.ts';
import { pythonExporter, rExporter } from './code.ts';
import type { Exporter, ExportFormat } from './exporter.ts';
import { h5Exporter, kerasExporter } from './keras.ts';
import { onnxExporter } from './onnx.ts';
import { runExporter } from './run.ts';
import { tfjsExporter } from './tfjs.ts';

const exporters: readonly Exporter[] = [
  kerasExporter,
  h5Exporter,
  onnxExporter,
  tfjsExporter,
  pythonExporter,
  rExporter,
  bundleExporter,
  runExporter,
];

/** @throws UnrollError `format-unavailable` */
export function exporterFor(format: ExportFormat): Exporter {
  const found = exporters.find((exporter) => exporter.format === format);
  const formats = exporters.map((exporter) => exporter.format).join(', ');
  if (!found) throw new UnrollError('format-unavailable', { format, formats });
  return found;
}
