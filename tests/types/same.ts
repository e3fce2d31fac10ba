export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if both types are one. */
export function same<A, B>(_: Equal<A, B>): void {}
