/** How metrics are called, the same on the screen, in the terminal and in reports. */

const TITLES: Record<string, string> = {
  loss: 'Loss',
  acc: 'Accuracy',
  mse: 'Mean squared error',
  mae: 'Mean absolute error',
};
const AXES: Record<string, string> = {
  acc: 'share correct',
  binary_crossentropy: 'binary cross-entropy',
  categorical_crossentropy: 'categorical cross-entropy',
  sparse_categorical_crossentropy: 'categorical cross-entropy',
  mse: 'mean squared error',
  mae: 'mean absolute error',
};

/** `Validation accuracy` for `val_acc`. */
export function metricTitle(name: string): string {
  if (!name.startsWith('val_')) return TITLES[name] ?? name;
  const title = metricTitle(name.slice('val_'.length));
  return `Validation ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** What a metric is measured in; a loss is named after its function. */
export function metricAxis(name: string, loss: string | undefined): string {
  return AXES[name === 'loss' ? (loss ?? '') : name] ?? name;
}
