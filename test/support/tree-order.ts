import { compareText } from '../../src/domain/text-order.ts';

/** Orders paths as a tree lists them: a folder’s files by name, then its folders by name, each with all below it. */
export function compareInTree(a: string, b: string): number {
  const [x, y] = [a.split('/'), b.split('/')];
  for (let at = 0; ; at += 1) {
    const [isFile, isOtherFile] = [at === x.length - 1, at === y.length - 1];
    const order = Number(isOtherFile) - Number(isFile) || compareText(x[at] ?? '', y[at] ?? '');
    if (order !== 0 || isFile) return order;
  }
}
