/** `512.0 MiB`, `3.9 GiB`: memory as drivers and the descriptions of devices give it. */
export const binarySize = (bytes: number): string =>
  bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
