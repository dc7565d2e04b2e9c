"""Cut FEEL text into tokens, knowing which names are in scope.

Names may hold spaces and Chinese characters (DMN 1.5, 10.3.1.2), so what is one name depends on the
scope: the longest known name wins, else the longest run of name characters without a space.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer

from service.feel.errors import FeelSyntaxError
from service.feel.symbols import (
    KEYWORDS,
    NAME,
    NUMBER,
    OPERATORS,
    PART,
    SPACE,
    START,
    STRING,
    SYMBOLS,
)

# After these tokens an operand has ended, so `[` filters and `-` subtracts.
ENDS = {"NAME", "NUMBER", "STRING", "RPAR", "RSQB", "RBRACE", "TRUE", "FALSE", "NULL", "RANGE_END"}
# A `[` before one of these cannot begin a filter: it closes a range.
CANNOT_FOLLOW = re.compile(
    r"(?:[\])},]|\.(?!\d)|$|and\b|or\b|then\b|else\b|return\b|satisfies\b|=|!=|<|>)"
)
BOUND = re.compile(
    rf"(?:[{{,]\s*({START}(?:{PART}|[ .'+*/-])*?)\s*:)"
    rf"|(?:\b(?:for|some|every)\s+({START}(?:{PART}|[ .'+*/-])*?)\s+in\b)"
    rf"|(?:,\s*({START}(?:{PART}|[ ])*?)\s+in\b)"
    rf"|(?:[{{,]\s*\"({START}(?:{PART}|[ .'+*/-])*)\"\s*:)"
)
PIECES = re.compile(rf"{PART}+|[.'+*/-]")


class NameLexer(Lexer):
    """The lexer given to lark: text comes with the names of the scope and the start rule."""

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, data: Any, parser_state: Any = None) -> Iterator[Token]:
        """The tokens of `data`, a triple (text, names, start)."""
        text, names, start = data
        return iter(Scanner(text, names, unary=start == "unary_tests").tokens())


@functools.lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """A name cut into the pieces between which spaces are free: `a+b c` → a, +, b, c."""
    return tuple(PIECES.findall(name))


class Scanner:
    """Walks over the text once; `bound` adds names that the expression itself binds."""

    def __init__(self, text: str, names: Iterable[str], *, unary: bool = False) -> None:
        self.text = text
        self.unary = unary
        self.position = 0
        self.found: list[Token] = []
        self.brackets: list[list[Any]] = []
        every = {*names, *self._bound()}
        self.known: dict[str, list[tuple[str, ...]]] = {}
        for name in every:
            pieces = words_of(name)
            if len(pieces) > 1:
                self.known.setdefault(pieces[0], []).append(pieces)
        for group in self.known.values():
            group.sort(key=len, reverse=True)

    def _bound(self) -> set[str]:
        names = {g.strip() for m in BOUND.finditer(self.text) for g in m.groups() if g}
        names |= {
            part.split(":")[0].strip()
            for inner in re.findall(r"\bfunction\s*\(([^)]*)\)", self.text)
            for part in inner.split(",")
        }
        return {
            n for n in names if n and n not in KEYWORDS and not set(n.split()) & {"in", "and", "or"}
        }

    def tokens(self) -> list[Token]:
        """All tokens. Raises FeelSyntaxError."""
        while self._skip():
            self._one()
        return self.found

    def _skip(self) -> bool:
        space = SPACE.match(self.text, self.position)
        if space:
            self.position = space.end()
        return self.position < len(self.text)

    def _one(self) -> None:
        text, at = self.text, self.position
        if text[at] == '"':
            return self._take("STRING", STRING.match(text, at))
        number = NUMBER.match(text, at)
        if number and not (text[at] == "." and text.startswith("..", at)):
            cut = number.group()
            if "." in cut and text.startswith("..", at + cut.index(".")):
                number = re.compile(r"\d+").match(text, at)
            return self._take("NUMBER", number)
        name = NAME.match(text, at)
        if name:
            return self._name(name)
        return self._symbol()

    def _take(self, kind: str, match: re.Match[str] | None) -> None:
        if match is None:
            raise self._wrong("文字没有结束的引号")
        self._push(kind, match.end())

    def _push(self, kind: str, end: int, value: str | None = None) -> None:
        line = self.text.count("\n", 0, self.position) + 1
        column = self.position - (self.text.rfind("\n", 0, self.position) + 1) + 1
        raw = self.text[self.position : end] if value is None else value
        self.found.append(
            Token(kind, raw, self.position, line, column, line, column + end - self.position, end)
        )
        self.position = end

    def _wrong(self, problem: str) -> FeelSyntaxError:
        line = self.text.count("\n", 0, self.position) + 1
        column = self.position - (self.text.rfind("\n", 0, self.position) + 1) + 1
        return FeelSyntaxError(problem, self.text, line, column)

    def _name(self, match: re.Match[str]) -> None:
        first = match.group()
        for pieces in self.known.get(first, ()):
            end = self._follow(match.end(), pieces[1:])
            if end is not None:
                return self._push("NAME", end, _joined(pieces))
        if first == "not" and not (self.unary and not self.found):
            return self._push("NAME", match.end())
        after_dot = bool(self.found) and self.found[-1].type == "DOT"
        if first in KEYWORDS and not after_dot and not self._is_key(match.end(), first):
            return self._push(KEYWORDS[first], match.end())
        return self._push("NAME", match.end())

    def _is_key(self, end: int, word: str) -> bool:
        """A keyword before a colon inside braces is the key of a context."""
        space = SPACE.match(self.text, end)
        rest = space.end() if space else end
        return (
            bool(self.brackets)
            and self.brackets[-1][0] == "{"
            and self.text[rest : rest + 1] == ":"
            and word not in ("true", "false", "null")
        )

    def _follow(self, end: int, pieces: tuple[str, ...]) -> int | None:
        for piece in pieces:
            space = re.compile(r"\s*").match(self.text, end)
            end = space.end() if space else end
            if not self.text.startswith(piece, end):
                return None
            end += len(piece)
        if NAME.match(pieces[-1]) and re.compile(PART).match(self.text, end):
            return None
        return end

    def _symbol(self) -> None:
        for operator in OPERATORS:
            if self.text.startswith(operator, self.position):
                break
        else:
            raise self._wrong(f"不认识的字符 {self.text[self.position]}")
        end = self.position + len(operator)
        kind = self._bracket(operator, end)
        if kind == "RANGE_OPEN" and operator == "[":
            kind = "LSQB"
        self._push(kind, end)

    def _bracket(self, operator: str, end: int) -> str:
        """The kind of a bracket: `[` and `]` also open and close ranges the other way round."""
        ended = bool(self.found) and self.found[-1].type in ENDS
        top = self.brackets[-1] if self.brackets else None
        if operator == "..":
            if top:
                top[1] = True
            return "DOTS"
        if operator in "([{":
            if (
                operator == "["
                and ended
                and top
                and top[1]
                and top[0] in "([]"
                and self._closes(end)
            ):
                self.brackets.pop()
                return "RANGE_END"
            self.brackets.append([operator, False])
            return {"(": "LPAR", "[": "FILTER" if ended else "LSQB", "{": "LBRACE"}[operator]
        if operator == "]" and not ended and not (self.found and self.found[-1].type in ("LSQB",)):
            self.brackets.append(["]", False])
            return "RANGE_OPEN"
        if operator in ")]}" and self.brackets:
            self.brackets.pop()
        return SYMBOLS.get(operator, "NAME" if operator == "?" else operator)

    def _closes(self, end: int) -> bool:
        space = SPACE.match(self.text, end)
        return bool(CANNOT_FOLLOW.match(self.text, space.end() if space else end))


def _joined(pieces: tuple[str, ...]) -> str:
    """The name with single spaces between words: how contexts and scopes spell it."""
    return normal_name(" ".join(pieces))


def normal_name(name: str) -> str:
    """One spelling for a name: no spaces around special characters, single ones between words."""
    return re.sub(r"\s*([.'+*/-])\s*", r"\1", re.sub(r"\s+", " ", name.strip()))
