"""Writes keras-tokenizer.json beside this script: what Keras's own Tokenizer makes of some texts. Needs keras."""
import json
import pathlib

from keras.src.legacy.preprocessing.text import Tokenizer, text_to_word_sequence

TEXTS = [
    "The film was GREAT, the cast was great!<br /><br />I'd see it again (twice).",
    "Don't bother: the plot -- such as it is -- makes no sense. No sense at all...",
    "  Ça, c'est du cinéma\u00a0!  Naïve\tbut\nÜBER-charming; 10/10 & a_b  ",
    "",
    "?!",
    "tie one two three one two three tie \u0130stanbul \u039f\u0394\u039f\u03a3",
]
tokenizer = Tokenizer()
tokenizer.fit_on_texts(TEXTS)
result = {
    "texts": TEXTS,
    "words": [text_to_word_sequence(text) for text in TEXTS],
    "vocabulary": [tokenizer.index_word[rank] for rank in range(1, len(tokenizer.index_word) + 1)],
    "sequences": tokenizer.texts_to_sequences(TEXTS),
}
target = pathlib.Path(__file__).with_name("keras-tokenizer.json")
target.write_text(json.dumps(result, indent=1) + "\n")
