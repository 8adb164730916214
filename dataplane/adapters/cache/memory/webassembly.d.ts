// The part of WebAssembly that the scan uses. TypeScript knows all of it for browsers alone.
declare namespace WebAssembly {
  interface Module {
    readonly module?: never;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  const Instance: new (module: Module) => Instance;
}
