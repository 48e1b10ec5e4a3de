/** What Keras hands to cuDNN for numbered weights (0 and on, 100 and on, 200 and on), as cudnn_parameters.py prints it. */
interface KerasParameters {
  mode: 'lstm' | 'gru';
  inputs: number;
  units: number;
  values: number[];
}

// prettier-ignore
export const KERAS_PARAMETERS: readonly KerasParameters[] = [
  {
    mode: 'lstm', inputs: 3, units: 2,
    values: [
      0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5, 13, 21, 6, 14, 22, 7, 15, 23,
      100, 108, 101, 109, 102, 110, 103, 111, 104, 112, 105, 113, 106, 114, 107, 115,
      0, 0, 0, 0, 0, 0, 0, 0, 200, 201, 202, 203, 204, 205, 206, 207,
    ],
  },
  {
    mode: 'gru', inputs: 3, units: 2,
    values: [
      2, 8, 14, 3, 9, 15, 0, 6, 12, 1, 7, 13, 4, 10, 16, 5, 11, 17,
      102, 108, 103, 109, 100, 106, 101, 107, 104, 110, 105, 111,
      202, 203, 200, 201, 204, 205, 208, 209, 206, 207, 210, 211,
    ],
  },
];
