const kept: object[] = [];

/**
 * Keeps one object of a kind for good, whose functions do much of the work of a segment. V8 forgets what it compiled of a function when
 * none of its closures is left: without one, all that had become fast while a segment was built would begin anew after each
 * collection of garbage, and compiling took as long as building.
 */
export function keepCompiled(one: object): void {
  kept.push(one);
}
