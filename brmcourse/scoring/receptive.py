"""Turns of phrase by which a line sounds more, or less, open to another view.

The markers are those of Yeomans, Minson, Collins, Chen & Gino (2020), "Conversational
receptiveness", https://doi.org/10.1016/j.obhdp.2020.03.011, with the features of their R package
`politeness` (https://github.com/myeomans/politeness, MIT licence) as a model. The patterns are our
own: plain regular expressions in place of a parser. docs/receptive.md says how often they are
right, and what they cannot see.

Every pattern takes time in proportion to the text: gaps are possessive, and nothing repeats that
holds a repetition.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

WEIGHTS = (
    "https://github.com/bbevis/politenessPy, pretrained_weights.py (commit 7acfd5e): a port of the "
    "R package, whose own model is a binary file"
)
UNWEIGHTED = "none: the published features have no such marker"


class Marker(NamedTuple):
    """One kind of phrase.

    helps   whether texts with it were felt to be more receptive
    says    what it does, in a sentence for the learner
    weight  what one use adds to the score of the published model; None if that has no such
            feature. It is here to be looked up: nobody's line gets a score
    source  where the weight is from
    """

    id: str
    name: str
    helps: bool
    says: str
    weight: float | None
    source: str = WEIGHTS


class Found(NamedTuple):
    """A marker in a text: its id, and the characters from `start` up to, without, `end`."""

    marker: str
    start: int
    end: int


class Span(NamedTuple):
    """A piece of a text with the ids of all markers in it, in the order of `MARKERS`."""

    text: str
    markers: tuple[str, ...]


MARKERS: Mapping[str, Marker] = {
    marker.id: marker
    for marker in (
        Marker(
            "contradiction",
            "Flat contradiction",
            helps=False,
            says="It tells the other person that they are wrong, or that it is not so.",
            weight=-0.0234,
        ),
        Marker(
            "but",
            "“But” after an acknowledgement",
            helps=False,
            says="It can take back what you have just acknowledged.",
            weight=None,
            source=UNWEIGHTED,
        ),
        Marker(
            "limiter",
            "“Just” or “only”",
            helps=False,
            says="It can make something sound smaller than it is to the other person.",
            weight=-0.0525,
        ),
        Marker(
            "acknowledgement",
            "Acknowledgement",
            helps=True,
            says="It shows that you took in what they said, or how things are for them.",
            weight=0.2552,
        ),
        Marker(
            "agreement",
            "Agreement",
            helps=True,
            says="It says where you see it as they do.",
            weight=0.2631,
        ),
        Marker(
            "i-statement",
            "I-statement",
            helps=True,
            says="It gives a view or a feeling as your own, and not as a fact.",
            weight=0.0471,
        ),
        Marker(
            "hedge",
            "Hedge",
            helps=True,
            says="It leaves room for another view.",
            weight=0.0372,
        ),
        Marker(
            "negation",
            "Negation",
            helps=False,
            says="It says what is not so, or what will not be.",
            weight=-0.071,
        ),
        Marker(
            "open-question",
            "Open question",
            helps=True,
            says="It asks for more than a yes, a no or a single fact.",
            weight=0.0,
        ),
    )
}
"""The markers by id. Where they overlap, what comes first here is to be shown: it says more about
the words, or it is shorter.
"""

PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc", "'") | dict.fromkeys("\t\n\r\u00a0\u202f", " ")
)
"""One kind of apostrophe and of blank; each stays one character, so that places stay."""

GAP = " ++"
"""One blank or more, as `_` in a phrase; it gives none back, so that no text makes it slow."""

START = r"(?<![^\s.!?…:;,\u2013\u2014(\"\u201c] )(?<![\w'])"
"""What follows begins a sentence or clause."""

HOW = "(?:_(?:all|also|certainly|completely|do|fully|quite|really|so|still|totally|very))?"
ARE = "(?:_are|'re|_were)"
IS = "(?:_is|'s|_was)"
ISNT = "(?:_is_not|'s_not|_isn't|_was_not|_wasn't)"
WHAT = "(?:how|it|that|this|what|where|why|you|your)"
DONT = "(?:_do|_does|_did|_would|_could|_should)n't"


def _phrases(*patterns: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the phrases, in which `_` is a gap between words."""
    joined = "|".join(patterns).replace("_", GAP)
    return re.compile(rf"(?<![\w'])(?:{joined})(?!\w)", re.IGNORECASE)


PATTERNS: Mapping[str, re.Pattern[str]] = {
    "contradiction": _phrases(
        r"(?<![^\s.!?…] )no(?=[,!;:\u2013\u2014]|_[\u2013\u2014-])(?!,_thank)",
        f"{START}(?:nonsense|rubbish|absolutely_not|of_course_not|certainly_not|not_at_all)",
        f"you{ARE}{HOW}(?:_simply|_just)?_(?:wrong|mistaken)",
        f"you{ARE}_not_(?:right|correct)",
        "you(?:'ve|_have)?(?:_got)?_(?:it|this|that)(?:_all|_completely|_quite)?_wrong",
        f"(?:that|this|it){IS}{HOW}(?:_simply|_just)?_(?:wrong|false|untrue|nonsense|rubbish)",
        f"(?:that|this|it){ISNT}{HOW}_(?:true|right|so|correct|fair|how|what|the_case|the_point)",
        f"i{HOW}(?:_strongly)?_disagree",
        "i_(?:do_not|don't|cannot|can't)_agree",
        "on_the_contrary",
    ),
    "limiter": _phrases(
        r"(?<!\bif )(?<!\b(?:an|my) )(?<!\b(?:the|its|our|her|his|not) )(?<!\byour )"
        r"(?<!\btheir )only",
        r"(?<!\ba )(?<!\bonly )(?<!'ve )(?<!\b(?:had|has) )(?<!\bhave )just"
        r"(?!-|_(?:now|then|before|after|as|so|in_time|yesterday|today|this)\b)"
        r"(?!_(?:arrived|began|called|came|finished|got|heard|left|learned|learnt|met|rang|read"
        r"|saw|sent|spoke|started|talked|told)\b)",
        "simply|merely",
    ),
    "acknowledgement": _phrases(
        f"i{HOW}(?:_can)?_(?:understand|acknowledge|appreciate|recogni[sz]e|reali[sz]e)",
        rf"(?<!\bas far as )i{HOW}(?:_can)?_(?:see|imagine)(?:(?=[,.])|_{WHAT}|_the|_a)",
        f"i{HOW}(?:_can)?_(?:hear|get|know)(?:(?=[,.])|_{WHAT})",
        "(?:if|what)_i_(?:hear|heard|understood)|i_(?:heard|understood)_(?:you|what|how)",
        f"(?:that|it|this){HOW}_makes{HOW}_sense",
        f"(?:that|it|this){IS}{HOW}_understandable",
        "point_taken|i_take_your_point|(?:it_|that_)?sounds_(?:like|as_if|as_though)",
        "you(?:'ve|_have)?_(?:said|told_me|mentioned|explained|pointed_out)",
        "thank(?:s|_you)_for_(?:telling|saying|raising|explaining|sharing|pointing|asking|being)",
        f"so(?:_what)?_you(?:{ARE})?"
        "_(?:saying|say|mean|fear|worry|worried|want|need|feel|expect|afraid|hope)",
    ),
    "agreement": _phrases(
        f"(?:i|we){HOW}(?:_can_only)?_(?:agree|concur)",
        rf"(?<!\bif )you(?:{ARE}|_may_be|_may_well_be|_might_be){HOW}_(?:right|correct)",
        "you(?:_have|'ve_got|_do_have)_a(?:_good|_fair)?_point",
        f"{START}(?:(?:that|it){IS}_)?(?:an?_)?(?:very_|really_)?"
        "(?:good|fair|great|excellent|valid)_(?:point|idea)",
        f"{START}(?:that|it){IS}{HOW}_(?:true|right|fair|correct)",
        f"{START}(?:fair_enough|true|agreed|exactly|quite_right)(?=[,.;:!\u2013\u2014]| *$)",
        "i(?:_am|'m)_with_you|i_(?:share|accept)_(?:that|your)|so_do_i|same_here|we_both",
    ),
    "i-statement": _phrases(
        f"i(?:_do_not|_don't|_would|'d)?{HOW}_(?:think|thought|believe|feel|felt|worry|fear|hope"
        "|wish|suppose|guess|suspect|assume|doubt|wonder|find_it)",
        f"i(?:_am|'m|_was)(?:_not)?{HOW}(?:_a_bit)?_(?:worried|concerned|convinced|curious|glad"
        "|happy|hopeful|nervous|surprised|torn|uneasy|unhappy)",
        "in_my_(?:view|opinion|eyes|experience)|to_my_mind|for_my_part|personally",
        "my_(?:view|opinion|impression|feeling|worry|concern|sense|guess|fear|hope)_(?:is|was)",
        "from_where_i_(?:stand|sit)|from_my_(?:side|point_of_view|perspective)",
        f"{START}to_me|(?:as|the_way)_i_see_it|(?:seems|looks|feels|sounds)_to_me|i(?:_would|'d)_say",
    ),
    "hedge": _phrases(
        "perhaps|maybe|might|possibly|probably|presumably|apparently|arguably|likely|somewhat",
        "roughly|sometimes|usually|more_or_less|kind_of|sort_of|in_some_ways|to_some_extent",
        "(?-i:may)",  # the month has a capital
        r"(?<!\bi )could(?!n't|_not|_(?:you|i|we|he|she|they|it)\b)",
        "seems?|seemed|appears?_to|tends?_to|it(?:_is|'s)_possible_that",
        "i_(?:guess|suppose|suspect|assume)|i(?:_am|'m)_not_(?:sure|certain)",
        "as_far_as_i_(?:know|can_see|can_tell)",
    ),
    "negation": _phrases(
        r"(?<!\bwhy )(?<!\bor )not(?!_only\b|_to_mention\b)",
        "never|nobody|nothing|nowhere|neither|nor|cannot|no_one|none",
        # A no that somebody said, and one that comforts.
        r"(?<!\ba )(?<!\ban )(?<!\b(?:the|his|her|our|its|say) )(?<!\b(?:your|said|says) )"
        r"(?<!\btheir )(?<!\bsaying )(?<!\byes or )no(?!\. *\d|_(?:problem|worries|doubt)\b)",
        # Not the end of "…, isn't it?".
        r"(?<!, )(?:do|does|did|is|are|was|were|has|have|had|would|could|should|might|must|need"
        r"|ca|wo|sha|ai)n't",
    ),
}
"""What all markers are found by that need no look at the sentence."""

TURN = re.compile(
    r"(?<!\bnothing )(?<!\banything )(?<!\ball )\bbut\b|\bhowever\b|\bnevertheless\b"
    rf"|{START}(?:yet|still|though|although)(?=,? )",
    re.IGNORECASE,
)
"""Words that turn against what was said before."""

GRANTS = ("acknowledgement", "agreement")
"""What they can take back."""

SENTENCE = re.compile(r"[^.!?…]++[.!?…]*+")

ASKS = re.compile(
    f"{START}(?:(?:what|how|where)(?!_(?:time|day|date|month|year|much|many|long|often|far|old|big"
    rf"|soon|late|if|about)\b)|why(?!_not\b|{DONT}\b))\b".replace("_", GAP),
    re.IGNORECASE,
)
"""How an open question begins: not "how many", not "what if", not "why don't you"."""

INVITES = _phrases(
    "(?:tell|show)_me_(?:more|what|how|why|about|where)",
    "help_(?:me|us)_(?:to_)?(?:see|understand)|(?:walk|talk|take)_me_through",
    "i(?:_would|'d)_(?:like|love)_to_(?:hear|understand|know)_(?:more|what|how|why|about|your)",
)
"""Open questions that need no question mark."""


def markers(text: str) -> tuple[Found, ...]:
    """Return every marker in the text, by where it begins; only different ones overlap."""
    plain = text.translate(PLAIN)
    found = list(_found(plain))
    found += _turns(plain, [one.end for one in found if one.marker in GRANTS])
    found += _questions(plain)
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.marker)))


def spans(text: str) -> tuple[Span, ...]:
    """Return the text in pieces that follow one another, each with the markers in all of it.

    Where several overlap, the first of a piece's markers is the one to show.
    """
    begin: dict[int, set[str]] = defaultdict(set)
    end: dict[int, set[str]] = defaultdict(set)
    for found in markers(text):
        begin[found.start].add(found.marker)
        end[found.end].add(found.marker)
    here: set[str] = set()
    pieces = []
    for start, stop in pairwise(sorted({0, len(text), *begin, *end})):
        here = here - end[start] | begin[start]
        pieces.append(Span(text[start:stop], tuple(name for name in MARKERS if name in here)))
    return tuple(pieces)


def _found(plain: str) -> Iterator[Found]:
    for name, pattern in PATTERNS.items():
        for match in pattern.finditer(plain):
            yield Found(name, *match.span())


def _turns(plain: str, ends: list[int]) -> Iterator[Found]:
    """Yield the first "but" after each acknowledgement or agreement that ends at one of `ends`.

    It stands in the same sentence, or begins the next one.
    """
    ends = sorted(ends)
    starts = [match.start() for match in SENTENCE.finditer(plain)]
    last = -1
    for match in TURN.finditer(plain):
        granted = bisect_right(ends, match.start()) - 1
        if granted <= last:
            continue
        sentence = bisect_right(starts, match.start()) - 1
        if sentence > 0 and not plain[starts[sentence] : match.start()].strip():
            sentence -= 1
        if sentence >= 0 and ends[granted] > starts[sentence]:
            last = granted
            yield Found("but", *match.span())


def _questions(plain: str) -> Iterator[Found]:
    """Yield each open question, from the word that asks to the question mark."""
    for sentence in SENTENCE.finditer(plain):
        asks = ASKS.search(plain, *sentence.span()) if "?" in sentence[0] else None
        first = asks.start() if asks else sentence.end()
        for match in INVITES.finditer(plain, sentence.start(), first):
            yield Found("open-question", *match.span())
        if asks:
            yield Found("open-question", first, sentence.end())
