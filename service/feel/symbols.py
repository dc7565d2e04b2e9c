"""What FEEL text is made of: characters of names, numbers, texts, operators, keywords (DMN 1.5, 10.3.1.2)."""

from __future__ import annotations

import re

START = (
    r"[?A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF21-\uFF3A\uFF41-\uFF5A"
    r"\U00010000-\U000EFFFF]"
)
PART = START[:-1] + r"0-9\u00B7\u0300-\u036F\u203F-\u2040]"
NAME = re.compile(f"{START}{PART}*")
SPACE = re.compile(
    r"(?:[\s\u0009-\u000D\u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF]|//[^\n]*|/\*.*?\*/)+",
    re.S,
)
NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
OPERATORS = (
    "..",
    "**",
    "<=",
    ">=",
    "!=",
    "->",
    "=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "/",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "@",
    "?",
)
SYMBOLS = {
    "..": "DOTS", "**": "POWER", "<=": "LE", ">=": "GE", "!=": "NE", "->": "ARROW", "=": "EQ", "<": "LT",
    ">": "GT", "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "DIVIDE", "(": "LPAR", ")": "RPAR",
    "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE", ",": "COMMA", ":": "COLON", ".": "DOT",
    "@": "AT",
}  # fmt: skip
KEYWORDS = {
    "if": "IF", "then": "THEN", "else": "ELSE", "for": "FOR", "in": "IN", "return": "RETURN",
    "some": "SOME", "every": "EVERY", "satisfies": "SATISFIES", "and": "AND", "or": "OR",
    "between": "BETWEEN", "instance": "INSTANCE", "of": "OF", "true": "TRUE", "false": "FALSE",
    "null": "NULL", "function": "FUNCTION", "external": "EXTERNAL", "not": "NOT",
}  # fmt: skip
