"""Measures Python libraries that find many terms in a text, on the terms and lines that the benchmark wrote.

Arguments: "speed" or "quality"; a folder with terms.txt and lines.txt, or the data folder. Prints one JSON object.
Each library gets its terms as they are: none of these normalises.
"""

import json
import sys
import time
from pathlib import Path


def ahocorasick_rs(terms):
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick(terms)
    return lambda text: [terms[hit[0]] for hit in automaton.find_matches_as_indexes(text, overlapping=True)]


def pyahocorasick(terms):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(term, term)
    automaton.make_automaton()
    return lambda text: [term for _, term in automaton.iter(text)]


def speed(find, lines):
    best = None
    for _ in range(3):
        start = time.process_time()
        for line in lines:
            find(line)
        took = time.process_time() - start
        best = took if best is None else min(best, took)
    return {"mb_per_s": sum(len(line.encode()) for line in lines) / best / 1e6}


def rows(folder, name):
    file = folder / name
    return [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []


def quality(make, folder):
    evasions = rows(folder, "evasions.jsonl")
    find = make(sorted({row["term"] for row in evasions}))
    found = [(row["cls"], row["term"] in find(row["text"])) for row in evasions]
    share = lambda of: sum(of) / max(len(of), 1)
    by_class = {cls: share([hit for other, hit in found if other == cls]) for cls, _ in found}
    near = rows(folder, "near-miss.jsonl")
    return {
        "disguised_recall": share([hit for cls, hit in found if cls != "plain"]),
        "by_class": by_class,
        "near_miss_hits": sum(bool(make([row["term"]])(row["text"])) for row in near),
    }


def main():
    mode, folder = sys.argv[1], Path(sys.argv[2])
    answer = {}
    for make in (ahocorasick_rs, pyahocorasick):
        if mode == "speed":
            terms = (folder / "terms.txt").read_text().splitlines()
            answer[make.__name__] = speed(make(terms), (folder / "lines.txt").read_text().splitlines())
        else:
            answer[make.__name__] = quality(make, folder)
    print(json.dumps(answer))


main()
