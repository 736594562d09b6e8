"""sumy's summarizers (github.com/miso-belica/sumy) on the sentences and syllables that machtin's has to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from machtin.summary_candidates import field_candidates
from machtin.vietnamese import syllables

Summarizer = Callable[[Any, Any], Sequence[Any]]
SYSTEMS: Final[dict[str, Summarizer]] = {
    "TextRank": TextRankSummarizer(),
    "LexRank": LexRankSummarizer(),
    "LSA": LsaSummarizer(),
}


class SyllableTokenizer:
    """sumy's interface of a tokenizer; what it splits a text with otherwise knows no Vietnamese."""

    def to_sentences(self, text: str) -> tuple[str, ...]:
        """Those that machtin may show of a body: without bylines, sources and captions with a credit."""
        return tuple(one.sentence.text for one in field_candidates("body", text))

    def to_words(self, text: str) -> tuple[str, ...]:
        """Syllables in one spelling."""
        return tuple(syllables(text))


def document(body: str) -> ObjectDocumentModel:
    """A body as sumy takes it."""
    tokenizer = SyllableTokenizer()
    return ObjectDocumentModel([Paragraph([Sentence(one, tokenizer) for one in tokenizer.to_sentences(body)])])


def ranking(system: str, read: ObjectDocumentModel) -> list[int]:
    """Places of the sentences, best first; none where the system gives up on so short a text."""
    order: list[int] = []

    def all_of_them(rated: Iterable[Any]) -> list[Any]:
        found = list(rated)
        order.extend(one.order for one in found)
        return found

    SYSTEMS[system](read, all_of_them)
    return order
