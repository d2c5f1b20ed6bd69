#!/usr/bin/env python3
"""Makes text-vectorizer.json: what scikit-learn makes of some texts.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/text-requirements.txt
    .venv/bin/python Tests/References/make_text_references.py

Every case fits scikit-learn's vectorizer on the training texts and transforms these and some new
ones. The texts avoid what is decided differently here: combining marks after letters (which part
words in Python), the final sigma, and letters whose lower case is two.
"""

import json
import pathlib

import numpy as np
import scipy
import scipy.sparse
import sklearn
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.preprocessing import normalize

FOLDER = pathlib.Path(__file__).resolve().parent

TRAINING = [
    "The ferry to the island leaves at 9:30, and the ferry back at 17:45.",
    "the island has two harbours; the ferry calls at BOTH harbours on Sundays",
    "A ticket costs 12 euros; a ticket for two costs 20.",
    "Don't forget: tickets are sold on the quay_side, not on board!",
    "",
    "Ein Überblick über die Fährzeiten: Straße zum Hafen, zwölf Uhr.",
    "Паром уходит в девять. ПАРОМ приходит в пять.",
    "τα πλοία φεύγουν στη μία και ΤΑ ΠΛΟΊΑ γυρίζουν",
    "渡轮九点开船 渡轮五点回来",
    "½ price for children under 12 – x² + y² = 25 👍 👍🏽 ok",
    "tabs\tand   several  blanks\u00a0and\u2003wide ones\r\nand line ends",
    "a a a a b b c",
    "ferry ferry ferry",
    "?!... --- ,,,",
]
NEW = [
    "The last ferry leaves the harbour at 17:45, the first ferry at 9:30.",
    "nothing of this was seen: zzz qqq",
    "",
    "ÜBER die Straße, паром! 渡轮九点开船",
    "a",
    "  a b  ",
    "tickets tickets tickets tickets ferry",
]

WORDS = r"(?u)\b\w+\b"


def case(unit, lengths, **options):
    """One case: our names of the options, and scikit-learn's answer."""
    folds_case = options.get("foldsCase", True)
    counting = options.get("counting", "count")
    rarity = options.get("weighsRarity", True)
    norm = "l2" if options.get("normalizes", True) else None
    buckets = options.get("buckets")
    common = {
        "analyzer": "word" if unit == "words" else "char_wb",
        "token_pattern": WORDS if unit == "words" else None,
        "ngram_range": lengths,
        "lowercase": folds_case,
        "binary": counting == "presence",
        "dtype": np.float64,
    }
    sublinear = counting == "logarithm"
    if buckets is None:
        limit = options.get("maximumTermCount")
        vectorizer = TfidfVectorizer(
            **common, norm=norm, use_idf=rarity, sublinear_tf=sublinear,
            min_df=options.get("minimumTextCount", 1), max_features=limit)
        training = vectorizer.fit_transform(TRAINING)
        new = vectorizer.transform(NEW)
        vocabulary = vectorizer.get_feature_names_out().tolist()
        assert vocabulary == sorted(vocabulary, key=lambda term: term.encode())
        weights = vectorizer.idf_.tolist() if rarity else []
        if limit is not None:
            # Which terms a limit keeps is only determined when its border has no tie.
            everything = TfidfVectorizer(
                **common, norm=None, use_idf=False, min_df=options.get("minimumTextCount", 1))
            sums = np.sort(np.asarray(everything.fit_transform(TRAINING).sum(axis=0)).ravel())[::-1]
            assert sums[limit - 1] > sums[limit], (limit, sums[: limit + 1])
    else:
        hashing = HashingVectorizer(
            **common, n_features=buckets, alternate_sign=False, norm=None)
        transformer = TfidfTransformer(norm=None, use_idf=rarity, sublinear_tf=sublinear)
        counts = hashing.transform(TRAINING)
        # Buckets that no training text filled are left out, as a vocabulary leaves out new terms.
        used = np.ones(buckets)
        if rarity:
            used = (np.asarray((counts > 0).sum(axis=0)).ravel() > 0).astype(float)
        transformer.fit(counts)

        def transform(texts):
            matrix = transformer.transform(hashing.transform(texts)) @ scipy.sparse.diags(used)
            matrix = matrix.tocsr()
            matrix.eliminate_zeros()
            return normalize(matrix) if norm else matrix

        training, new = transform(TRAINING), transform(NEW)
        vocabulary = None
        weights = (transformer.idf_ * used).tolist() if rarity else []
    return {
        "unit": unit,
        "shortest": lengths[0],
        "longest": lengths[1],
        "options": options,
        "vocabulary": vocabulary,
        "weights": weights,
        "training": rows(training),
        "new": rows(new),
    }


def rows(matrix):
    """The entries of each row that are not zero: columns ascending, and values."""
    matrix = matrix.tocsr()
    matrix.sort_indices()
    return [
        {"columns": matrix[i].indices.tolist(), "values": matrix[i].data.tolist()}
        for i in range(matrix.shape[0])
    ]


CASES = [
    case("words", (1, 1)),
    case("words", (1, 1), foldsCase=False),
    case("words", (1, 2)),
    case("words", (2, 3), counting="logarithm"),
    case("words", (1, 1), counting="presence", weighsRarity=False, normalizes=False),
    case("words", (1, 1), counting="count", weighsRarity=False, normalizes=False),
    case("words", (1, 2), minimumTextCount=2),
    case("words", (1, 1), maximumTermCount=3),
    case("words", (1, 1), counting="logarithm", normalizes=False),
    case("characters", (2, 4)),
    case("characters", (3, 5), minimumTextCount=2, counting="logarithm"),
    case("characters", (1, 1), foldsCase=False),
    case("characters", (6, 8), weighsRarity=False),
    case("words", (1, 2), buckets=64),
    case("words", (1, 1), buckets=1024, counting="logarithm"),
    case("characters", (2, 3), buckets=256, weighsRarity=False),
]


def main():
    result = {
        "versions": {
            "scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__,
        },
        "trainingTexts": TRAINING,
        "newTexts": NEW,
        "cases": CASES,
    }
    parts = ",\n".join(
        f"{json.dumps(key)}: "
        + ("[\n" + ",\n".join(json.dumps(c) for c in value) + "\n]" if key == "cases"
           else json.dumps(value))
        for key, value in result.items())
    (FOLDER / "text-vectorizer.json").write_text("{" + parts + "}\n")


if __name__ == "__main__":
    main()
