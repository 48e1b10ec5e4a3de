/** How code in other languages splits a text into words: at the signs `shared/text/tokenizer.ts` splits at, and no other. */

/** One such sign, as a regular expression of Python and of JavaScript. */
export const SEPARATOR = String.raw`[ !"#$%&()*+,\-./:;<=>?@\[\\\]^_` + '`' + String.raw`{|}~\t\n]`;

/** Lines of R, indented by two, that give the `words` of `text`, with empty ones among them. */
export const R_WORDS = [
  "  # A final sigma and a dotted I become small in Python and JavaScript as they do here, but not by R's tolower alone.",
  String.raw`  text <- gsub("(?<=\\p{L})\u03a3(?!\\p{L})", "\u03c2", gsub("\u0130", "i\u0307", text), perl = TRUE)`,
  String.raw`  text <- gsub("[]!\"#$%&()*+,./:;<=>?@[\\\\^_` +
    '`' +
    String.raw`{|}~\t\n-]", " ", tolower(text))`,
  '  words <- strsplit(text, " ", fixed = TRUE)[[1]]',
].join('\n');
