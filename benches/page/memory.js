let instance;

// The package doesn't show its wasm, so its instance is caught when it is made. To be imported before the package.
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, parameters) {
    instance = Reflect.construct(target, parameters);
    return instance;
  },
});

/** The size of the wasm's memory, in bytes. */
export function memorySize() {
  const { buffer } = Object.values(instance.exports).find((one) => one.buffer);
  return buffer.byteLength;
}
