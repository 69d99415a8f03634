"""Prints the measures of the source; `python -m tests.house PACKAGE` those of another package than gdbench."""

import sys
from pathlib import Path

from tests.house import measures
from tests.house.sources import ROOT, sources


def main() -> None:
    files = sources(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
    training = [source for source in files if source.part == "training"]
    elsewhere = [source for source in files if source.part != "training"]
    numbers = {
        "files": len(files),
        "lines of a file, median": measures.median_lines_of_a_file(files),
        "lines of a function body, median": measures.median_lines_of_a_body(files),
        "Any per 1,000 lines outside training/": round(measures.any_per_1000_lines(elsewhere), 1),
        "Any per 1,000 lines in training/": round(measures.any_per_1000_lines(training), 1) if training else "none",
        "comment lines, % of those not blank": round(measures.comment_percentage(files), 1),
    }
    lists = {
        f"functions over {measures.LONGEST_FUNCTION} lines": measures.long_functions(files),
        f"files over {measures.LONGEST_FILE} lines": measures.long_files(files),
        "import circles between files": measures.import_circles(files),
        "modules of one stem": measures.shared_stems(files),
        "classes of one name": measures.shared_class_names(files),
    }
    for name, number in numbers.items():
        sys.stdout.write(f"{name:<40}{number:>8}\n")
    for name, found in lists.items():
        sys.stdout.write(f"{name:<40}{len(found):>8}\n" + "".join(f"    {line}\n" for line in found))


if __name__ == "__main__":
    main()
