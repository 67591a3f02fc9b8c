/** A place in a queue of uploads, for a person: `place 3, about 12 s`. */
export function placeText({
  position,
  estimateS,
}: {
  readonly position: number;
  readonly estimateS?: number | undefined;
}): string {
  const estimate = estimateS === undefined ? '' : `, about ${estimateS} s`;
  return `place ${position}${estimate}`;
}
