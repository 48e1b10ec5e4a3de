/**
 * NVIDIA's libraries for TensorFlow on CUDA, as wheels: what the wheel `tensorflow` 2.21.0 names for its extra `and-cuda`, each
 * in the version that pip chose on 2026-11-23. They lie beside TensorFlow as in Python's site-packages, where its libraries
 * look for them (`$ORIGIN/../nvidia/…/lib`).
 */
import type { Wheel } from './packages.ts';

/** Megabytes are pip's, to a tenth. */
type Row = readonly [name: string, version: string, platforms: string, sha256: string, megabytes: number];

/** Of Linux on x64, for any Python 3. */
const ROWS: readonly Row[] = [
  [
    'nvidia-cublas-cu12',
    '12.9.3.13',
    'manylinux_2_27_x86_64',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    581.2,
  ],
  [
    'nvidia-cuda-cupti-cu12',
    '12.8.90',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
    10.2,
  ],
  [
    'nvidia-cuda-nvcc-cu12',
    '12.9.86',
    'manylinux2010_x86_64.manylinux_2_12_x86_64',
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    40.5,
  ],
  [
    'nvidia-cuda-nvrtc-cu12',
    '12.9.86',
    'manylinux2010_x86_64.manylinux_2_12_x86_64',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    89.6,
  ],
  [
    'nvidia-cuda-runtime-cu12',
    '12.9.79',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    3.5,
  ],
  [
    'nvidia-cudnn-cu12',
    '9.28.0.42',
    'manylinux_2_27_x86_64',
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    716.5,
  ],
  [
    'nvidia-cufft-cu12',
    '11.4.1.4',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    200.9,
  ],
  [
    'nvidia-curand-cu12',
    '10.3.10.19',
    'manylinux_2_27_x86_64',
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    68.3,
  ],
  [
    'nvidia-cusolver-cu12',
    '11.7.5.82',
    'manylinux_2_27_x86_64',
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    338.1,
  ],
  [
    'nvidia-cusparse-cu12',
    '12.5.10.65',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    366.5,
  ],
  [
    'nvidia-nccl-cu12',
    '2.32.3',
    'manylinux_2_27_x86_64',
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    351.5,
  ],
  [
    'nvidia-nvjitlink-cu12',
    '12.9.86',
    'manylinux2010_x86_64.manylinux_2_12_x86_64',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    39.7,
  ],
];

export const NVIDIA_WHEELS: readonly Wheel[] = ROWS.map(([name, version, platforms, sha256, megabytes]) => ({
  client: 'pip',
  name,
  version,
  file: `${name.replaceAll('-', '_')}-${version}-py3-none-${platforms}.whl`,
  // Any of the platforms a wheel is tagged with finds it.
  platform: platforms.split('.')[0]!,
  sha256,
  bytes: megabytes * 1e6,
}));

/** Of a wheel of theirs: libraries, the assembler and device library that compile kernels at run time, and licences. */
export const WANTED_OF_NVIDIA =
  /^nvidia\/([^/]+\/lib\/[^/]+\.so[\d.]*|cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+\.bc))$|^nvidia_[^/]+\.dist-info\/(licenses\/)?License\.txt$/;
