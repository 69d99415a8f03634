"""What `doctor` prints: one line for each finding, and what to mend."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gdbench.display.catalog_pages.argument_text import wrapped
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.execution.findings import Finding
from gdbench.text import printable

_WIDTH = 15


@dataclass(frozen=True, slots=True)
class CheckupPrintout(Printout):
    """The findings of a checkup."""

    findings: Sequence[Finding]

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended."""
        return all(finding.state != "mend" for finding in self.findings)

    def sections(self) -> list[Section]:
        """Return the findings as lines, with a last one that sums them up."""
        lines = [line for finding in self.findings for line in _lines(finding)]
        to_mend = sum(finding.state == "mend" for finding in self.findings)
        summary = "all is well" if self.is_well else f"{to_mend} to mend: see the lines above that begin with mend"
        return [Section(("\n".join(lines),), summary)]

    def model(self) -> JsonModel:
        """Return the findings as JSON values."""
        return {"well": self.is_well, "findings": list(map(asdict, self.findings))}


def _lines(finding: Finding) -> list[str]:
    below = " " * (_WIDTH + 6)
    # What is well needs no words.
    remedy = f": {finding.remedy}" if finding.remedy and finding.state != "ok" else ""
    return wrapped(printable(f"{finding.value}{remedy}"), f"{finding.state:<4}  {finding.name:<{_WIDTH}}", below)
