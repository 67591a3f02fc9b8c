import { below, createRandom, pick, pickOften } from './random.ts';
import type { CorpusLine } from './corpus.ts';

const SEED = 7_474;
/** The median of a peer's list, and the standard deviation of its logarithm. */
const MEDIAN_FILES = 60;
const LOG_DEVIATION = 1.6;

const SHARES = [
  'music',
  'films',
  'photos',
  'projects',
  'books',
  'software',
  'data',
  'Musik',
  'музыка',
  '音楽',
  'vidéos',
];
const WORDS = [
  ...'the of final mix live draft report backup notes session take summer city night river light blue house old'.split(
    ' ',
  ),
  ...'invoice contract chapter lecture slides poster render scan archive release setup driver manual guide'.split(' '),
  ...'Beethoven Mozart symphony quartet concerto orchestra remaster acoustic demo bonus interview soundtrack'.split(
    ' ',
  ),
  ...'Berlin Tokyo Lisbon Reykjavík Zürich København Düsseldorf São-Paulo Kraków Athens Nairobi Montréal'.split(' '),
  ...'sample genome sequence protein telescope survey sensor temperature calibration field microscope plate'.split(' '),
  ...'café naïve über señor Дорога письмо 東京 写真 会議 서울 ελληνικά 🎉 ❤ ñandú smørrebrød Œuvre'.split(' '),
  ...'kernel module package library config template layout widget parser compiler index catalog server client'.split(
    ' ',
  ),
];
const SYLLABLES = 'ka lo mi ra ten sha vo der lin qui no pel gor ast em ul bri dan fe xo'.split(' ');
const EXTENSIONS =
  'jpg mp3 pdf flac txt png mkv docx zip cr2 tif mp4 csv epub wav iso tar.gz fits psd html xlsx 7z'.split(' ');

/**
 * A catalog as people have them, the same each time: peers of very different sizes, folders of albums, projects and years,
 * names with versions, numbers and dates, some of them in other scripts. Never ends.
 */
export function* generateCorpus(): Generator<CorpusLine, never, undefined> {
  const random = createRandom(SEED);
  for (let number = 0; ; number += 1) {
    const peer = `${nameOf(random)}-${number}`;
    yield* listOf(random, peer, filesOf(random));
  }
}

function filesOf(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.ceil(MEDIAN_FILES * Math.exp(LOG_DEVIATION * normal));
}

/** A folder at a time; no path comes twice, since each carries its number. */
function* listOf(random: () => number, peer: string, files: number): Generator<CorpusLine, void, undefined> {
  for (let file = 0; file < files;) {
    const folder = folderOf(random);
    const extension = pickOften(random, EXTENSIONS);
    const title = wordsOf(random, 1);
    const last = Math.min(files, file + 1 + below(random, 40));
    for (; file < last; file += 1) yield { peer, path: `${folder}/${fileName(random, title, file, extension)}` };
  }
}

function folderOf(random: () => number): string {
  const parts = [pickOften(random, SHARES), wordsOf(random, 2)];
  if (random() < 0.5) parts.push(`${1970 + below(random, 56)} ${wordsOf(random, 2)}`);
  if (random() < 0.3) parts.push(wordsOf(random, 1));
  return parts.join('/');
}

function fileName(random: () => number, title: string, number: number, extension: string): string {
  const kind = random();
  const numbered = String(number + 1).padStart(2, '0');
  if (kind < 0.35) return `${numbered} - ${wordsOf(random, 3)}.${extension}`;
  if (kind < 0.6) return `${title}_${numbered}.${extension}`;
  if (kind < 0.8) return `${wordsOf(random, 2)}-${below(random, 9)}.${below(random, 20)}.${number}.${extension}`;
  return `IMG_${20_000_000 + below(random, 260_000)}_${numbered}.${extension}`;
}

function wordsOf(random: () => number, most: number): string {
  const count = 1 + below(random, most);
  return Array.from({ length: count }, () => (random() < 0.75 ? pickOften(random, WORDS) : nameOf(random))).join(' ');
}

/** A word that few others have, as the names of people and projects. */
function nameOf(random: () => number): string {
  return Array.from({ length: 2 + below(random, 3) }, () => pick(random, SYLLABLES)).join('');
}
