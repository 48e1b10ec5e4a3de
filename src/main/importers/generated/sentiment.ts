/**
 * Film reviews of a small English grammar. The class is the reviewer's verdict, one sentence that opens the review or
 * closes it, often by negation ("I cannot say I was bored"). Everything else is no help: the plot is neutral, and every
 * sentence on an aspect praises one thing and faults another, in either order. So counting good and bad words is of
 * little use, and a verdict at the front has to be remembered over the whole review.
 */
import type { MersenneTwister } from '../../../shared/random/mersenne-twister.ts';
import { balancedLabels, between, pick, type GeneratedTask } from './task.ts';

const CLASSES = ['negative', 'positive'];
const OPENING_SHARE = 0.5;

const WORKS = [
  'film',
  'movie',
  'picture',
  'drama',
  'comedy',
  'thriller',
  'western',
  'documentary',
  'sequel',
  'remake',
];
const ASPECTS = [
  'acting',
  'script',
  'camera work',
  'music',
  'pacing',
  'editing',
  'dialogue',
  'lighting',
  'ending',
  'cast',
  'plot',
  'humour',
  'sound',
  'set design',
  'first act',
  'last act',
];
const GOOD = [
  'superb',
  'moving',
  'brilliant',
  'charming',
  'gripping',
  'clever',
  'beautiful',
  'fresh',
  'subtle',
  'convincing',
  'delightful',
  'funny',
  'tense',
  'graceful',
];
const BAD = [
  'dull',
  'clumsy',
  'tedious',
  'awful',
  'predictable',
  'wooden',
  'lifeless',
  'shallow',
  'messy',
  'annoying',
  'bland',
  'forced',
  'sloppy',
  'stale',
];
const DEGREES = ['', '', 'quite', 'rather', 'truly', 'really', 'often', 'at times', 'surprisingly'];
const HEROES = [
  'a retired detective',
  'a young teacher',
  'two brothers',
  'an ageing boxer',
  'a lonely pianist',
  "a ship's cook",
  'a nurse',
  'three students',
  'a lighthouse keeper',
  'an unlucky thief',
  'a widowed farmer',
  'a radio announcer',
];
const DEEDS = [
  'returns to the village of his youth',
  'looks for a missing letter',
  'has to cross the desert before winter',
  'opens a bakery in a harbour town',
  'finds an old map in the attic',
  'hides a stranger from the police',
  'takes the night train to the border',
  'inherits a house full of clocks',
  'is asked to keep a secret',
  'joins a travelling circus',
];
const PLACES = [
  'in Lisbon',
  'in a mining town',
  'on a small island',
  'in the nineteen fifties',
  'during a long strike',
  'in the last days of the war',
  'near the Scottish coast',
  'over a single weekend',
  'at the edge of the city',
];
const CIRCUMSTANCES = [
  'I saw it on a Tuesday evening with my sister.',
  'It runs for a little under two hours.',
  'The director also wrote the book it is based on.',
  'Most of it was shot in one house.',
  'There are four main characters and a dog.',
  'The same studio made a series of these some years ago.',
  'The cinema was about half full.',
  'Part of it is told in letters.',
  'It is the second one by this director.',
];

/** Verdicts by class: said outright, or by denying the opposite. `{work}` stands for what is reviewed. */
const VERDICTS: readonly (readonly string[])[] = [
  [
    'I hated this {work}.',
    'This {work} is a waste of time.',
    'I regret every minute I gave this {work}.',
    'This {work} let me down completely.',
    'I would not recommend this {work} to anyone.',
    'I did not enjoy this {work} at all.',
    'This {work} is not worth the ticket.',
    'I cannot say I liked this {work}.',
    'There is no reason to see this {work} again.',
    'This {work} is nowhere near the triumph people call it.',
  ],
  [
    'I loved this {work}.',
    'This {work} is a triumph.',
    'I enjoyed every minute of this {work}.',
    'This {work} won me over completely.',
    'I would recommend this {work} to anyone.',
    'I did not regret this {work} at all.',
    'This {work} is well worth the ticket.',
    'I cannot say I was bored by this {work}.',
    'There is every reason to see this {work} again.',
    'This {work} is nowhere near the waste of time people call it.',
  ],
];
const SUMMING_UP = ['In the end,', 'All in all,', 'To sum up,', 'When all is said,', 'And so,', 'Still,'];
const CONTRASTS = [
  (first: string, second: string) => `${first}, but ${second}.`,
  (first: string, second: string) => `While ${first}, ${second}.`,
  (first: string, second: string) => `${first}; ${second}, though.`,
  (first: string, second: string) => `Although ${first}, ${second}.`,
  (first: string, second: string) => `${first} and yet ${second}.`,
];

export const sentiment: GeneratedTask = ({ examples, length }, random) => {
  const labels = balancedLabels(examples, CLASSES.length, random);
  return {
    kind: 'texts',
    texts: labels.map((label) => review(label, length, random)),
    labels,
    classes: CLASSES,
  };
};

function review(label: number, length: number, random: MersenneTwister): string {
  const work = pick(WORKS, random);
  const verdict = pick(VERDICTS[label] as readonly string[], random).replace('{work}', work);
  const opens = random.nextDouble() < OPENING_SHARE;
  const summed = `${pick(SUMMING_UP, random)} ${verdict.replace(/^This/, 'this').replace(/^There/, 'there')}`;
  const sentences = [
    `This is a ${work} about ${pick(HEROES, random)} who ${pick(DEEDS, random)} ${pick(PLACES, random)}.`,
  ];
  let words = countWords(summed) + countWords(sentences[0] as string);
  // One step of `length` is the start id; reviews differ in length by a tenth.
  const limit = between(Math.ceil(length * 0.9), length, random);
  for (let next = sentence(random); (words += countWords(next)) <= limit; next = sentence(random))
    sentences.push(next);
  return (opens ? [verdict, ...sentences] : [...sentences, summed]).join(' ');
}

const countWords = (text: string): number => text.split(' ').length;

function sentence(random: MersenneTwister): string {
  const kind = random.nextDouble();
  if (kind < 0.2) return pick(CIRCUMSTANCES, random);
  if (kind < 0.35)
    return capitalised(`${pick(HEROES, random)} ${pick(DEEDS, random)} ${pick(PLACES, random)}.`);
  const goodFirst = random.nextDouble() < 0.5;
  const first = pick(ASPECTS, random);
  const second = pick(
    ASPECTS.filter((aspect) => aspect !== first),
    random,
  );
  const contrast = pick(CONTRASTS, random);
  return capitalised(contrast(opinion(first, goodFirst, random), opinion(second, !goodFirst, random)));
}

/** `the acting is superb`, or by denial `the acting is never dull`. */
function opinion(aspect: string, good: boolean, random: MersenneTwister): string {
  if (random.nextDouble() < 0.35) {
    const denial = pick(['is never', 'is not', 'is hardly', 'is anything but'], random);
    return `the ${aspect} ${denial} ${pick(good ? BAD : GOOD, random)}`;
  }
  return ['the', aspect, 'is', pick(DEGREES, random), pick(good ? GOOD : BAD, random)]
    .filter(Boolean)
    .join(' ');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
