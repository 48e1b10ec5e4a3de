/** `npm run bench`: the speed of training, or with `interface` as the first word that of the interface. */
await import(process.argv[2] === 'interface' ? './interface.ts' : './run.ts');

export {};
