"""What is not translated yet: ``python -m core.reporting.language [zh] [AREA …] [--add] [--check]``.

Without an area: counts of every file. With areas: their templates without a translation, and where each stands in the
source. ``--add`` writes missing templates with empty translations into the files of the areas named (else all), moves
those whose module changed its area, and takes out what the source no longer says. ``--check`` tells broken places.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from core.reporting.language import catalogue
from core.reporting.language.extract import found
from core.reporting.language.templates import places


def main(arguments: Sequence[str]) -> int:
    """Print what is missing; the number of faults found."""
    plain = [word for word in arguments if not word.startswith("--")]
    language = plain.pop(0) if plain and plain[0] == "zh" else "zh"
    texts = found()
    wanted = catalogue.by_area(texts)
    if "--add" in arguments:
        for area, entries in catalogue.completed(language, wanted).items():
            if not plain or area in plain:
                catalogue.write(language, area, entries)
    for area in plain or sorted(wanted):
        have = catalogue.read(language, area)
        missing = [text for text in wanted.get(area, ()) if not have.get(text)]
        stale = [text for text in have if text not in wanted.get(area, ())] if area != catalogue.COMPOSED else []
        print(f"{area}: {len(wanted.get(area, ()))} templates, {len(missing)} missing, {len(stale)} stale")
        if plain:
            for text in missing:
                print(f"  {texts[text]}: {text!r}")
    wrong = faults(catalogue.everything(language))
    print("\n".join(wrong))
    return len(wrong) if "--check" in arguments else 0


def faults(files: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Translations with a place that their template does not have."""
    return [
        f"{area}: {english!r} has no place {sorted(set(places(text)) - set(places(english)))} of {text!r}"
        for area, entries in files.items()
        for english, text in entries.items()
        if not set(places(text)) <= set(places(english))
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)
