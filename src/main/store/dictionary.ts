/** A column of values that repeat, each kept once: `values[codes[i]]`. */
export class Dictionary<T> {
  readonly values: T[] = [];
  readonly codes: Uint32Array<ArrayBuffer>;
  readonly #known = new Map<T, number>();

  /** @param otherwise the value of rows that are never put; code 0 */
  constructor(rows: number, otherwise?: T) {
    this.codes = new Uint32Array(rows);
    if (otherwise !== undefined) this.#code(otherwise);
  }

  put(at: number, value: T): void {
    this.codes[at] = this.#code(value);
  }

  #code(value: T): number {
    let code = this.#known.get(value);
    if (code === undefined) {
      code = this.values.push(value) - 1;
      this.#known.set(value, code);
    }
    return code;
  }
}
