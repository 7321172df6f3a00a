import type { Missing } from "./types-only";
enum Colour { Red = "red", Green = "green" }
interface Shape { readonly sides: number }
abstract class Base<T extends Shape> {
  constructor(protected readonly shape: T, private label?: string) {}
  get sides(): number { return this.shape.sides; }
  abstract describe(): string;
}
class Square extends Base<Shape> {
  static count = 0;
  #secret = 4;
  constructor() { super({ sides: 4 } satisfies Shape, undefined); Square.count++; }
  describe(): string { return `${this.sides as number} sides, ${this.#secret!}`; }
}
namespace Inner { export const value = 1; }
const optional: { a?: { b?: number } } = {};
export const onRequest = (): Response => {
  const missing = null as unknown as Missing;
  return Response.json({ colour: Colour.Green, square: new Square().describe(), count: Square.count, inner: Inner.value, optional: optional.a?.b ?? "none", missing });
};
