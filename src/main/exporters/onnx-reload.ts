/**
 * A process of its own that has nothing of ours: it loads an exported ONNX file with ONNX Runtime and predicts.
 * Message in: `ReloadRequest`; message out: the outputs as a Float32Array, or that ONNX Runtime is not installed.
 */
import type { ReloadAnswer, ReloadRequest } from './reload.ts';

async function predict({ path, inputs, shape }: ReloadRequest): Promise<ReloadAnswer> {
  let runtime: typeof import('onnxruntime-node');
  try {
    runtime = await import('onnxruntime-node');
  } catch {
    return { missing: 'onnxruntime-node' };
  }
  const { InferenceSession, Tensor } = runtime;
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  const type = inputs instanceof Int32Array ? 'int32' : 'float32';
  const outputs = await session.run({
    [session.inputNames[0]!]: new Tensor(type, inputs as Float32Array, shape),
  });
  return outputs[session.outputNames[0]!]!.data as Float32Array;
}

process.once('message', (request: ReloadRequest) => {
  void predict(request).then((answer) => process.send?.(answer, () => process.exit(0)));
});
