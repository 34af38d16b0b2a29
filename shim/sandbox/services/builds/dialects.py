"""What the YAML libraries of the servers say of a text: that of 2024 tells a line, that of 2026 shows the place."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

_SHOWN, _CUT = 10, 7
_AROUND = 3
_MARGIN = len(">  1 | ")
_KINDS = {yaml.ScalarNode: "string", yaml.SequenceNode: "sequence", yaml.MappingNode: "mapping"}
_UNCLOSED = {
    yaml.FlowSequenceStartToken: "sequence end token ']' not found",
    yaml.FlowMappingStartToken: "could not find flow mapping end token '}'",
}
_TAB = "found character '\t' that cannot start any token"
_Node = type[yaml.Node]


class Telling:
    """The library of 2024: a translation of libyaml, whose words it has."""

    def __init__(self, text: str) -> None:
        self._text = text

    def broken(self, error: yaml.MarkedYAMLError) -> str:
        """What is no YAML; a place in the first line is not told."""
        mark, context = error.problem_mark, error.context_mark
        if isinstance(error, yaml.composer.ComposerError) and mark:
            return f"yaml: unknown anchor '{self._alias(mark.index)}' referenced"
        line = 0
        if mark and mark.line:
            line = mark.line + isinstance(error, yaml.scanner.ScannerError)
        elif context:
            line = context.line
        where = f"line {line}: " if line else ""
        return f"yaml: {where}{error.problem}"

    def unfit(self, node: yaml.Node, _wanted: _Node, go: str) -> str:
        """A value that cannot be read into the type `go`."""
        tag = "!!" + node.tag.rpartition(":")[2]
        value = f" `{_cut(node.value)}`" if isinstance(node, yaml.ScalarNode) else ""
        return f"line {node.start_mark.line + 1}: cannot unmarshal {tag}{value} into {go}"

    def repeated(self, _name: str, _key: yaml.Node, _first: yaml.Node) -> str | None:
        """A key for the second time is nothing to speak of."""
        return None

    def unfits(self, faults: Sequence[str]) -> str:
        """All faults of a text."""
        return "yaml: unmarshal errors:\n" + "\n".join(f"  {fault}" for fault in faults)

    def _alias(self, index: int) -> str:
        """The name behind the asterisk that stands at a place."""
        return next(iter(self._text[index + 1 :].split(None, 1)), "")


class Showing(Telling):
    """The library of 2026. Where nothing is recorded of what it says, it has the words of libyaml here."""

    def broken(self, error: yaml.MarkedYAMLError) -> str:
        """What is no YAML, with the lines around it."""
        opened = self._unclosed() if isinstance(error, yaml.parser.ParserError) else None
        if opened:
            return self._shown(opened.start_mark, _UNCLOSED[type(opened)])
        mark = error.problem_mark
        if mark is None:
            return str(error.problem)
        return self._shown(mark, _TAB if self._text.startswith("\t", mark.index) else str(error.problem))

    def unfit(self, node: yaml.Node, wanted: _Node, _go: str) -> str:
        """A value that is not of the wanted kind."""
        return self._shown(node.start_mark, f"{_KINDS[type(node)]} was used where {_KINDS[wanted]} is expected")

    def repeated(self, name: str, key: yaml.Node, first: yaml.Node) -> str | None:
        """A key for the second time."""
        return self._shown(key.start_mark, f'mapping key "{name}" already defined at {_place(first.start_mark)}')

    def unfits(self, faults: Sequence[str]) -> str:
        """The first fault of a text."""
        return faults[0]

    def _unclosed(self) -> yaml.Token | None:
        """The last bracket that nothing closes."""
        opened: list[yaml.Token] = []
        for token in yaml.scan(self._text, Loader=yaml.CSafeLoader):
            if type(token) in _UNCLOSED:
                opened.append(token)
            elif isinstance(token, (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)):
                opened = opened[:-1]
        return opened[-1] if opened else None

    def _shown(self, mark: yaml.Mark, message: str) -> str:
        """A message with its place, and the lines around it."""
        lines = enumerate(self._text.splitlines())
        numbered = [f"{'>' if i == mark.line else ' '} {i + 1:2} | {line}" for i, line in lines]
        before = numbered[max(mark.line - _AROUND, 0) : mark.line + 1]
        after = numbered[mark.line + 1 : mark.line + 1 + _AROUND]
        caret = " " * (_MARGIN + mark.column) + "^"
        return f"{_place(mark)} {message}\n" + "\n".join([*before, caret, ""]) + "\n".join(after)


def _place(mark: yaml.Mark) -> str:
    return f"[{mark.line + 1}:{mark.column + 1}]"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_CUT]}..."
