"""The review: how much of a day it may take, when things come back, and for how long to put off."""

from pydantic import Field

from brmcourse.model.base import Content, Id, Text


class Review(Content):
    """The page where what was missed or is fading comes back.

    retention       the chance of a right answer at which an item comes back
    minutes         how long a day's review takes at most
    share           how large a part of the time with the modules review takes at most
    seconds         how long a question takes; `talk_seconds` how long a conversation, from a turn
    put_off         for how many days an item can be put off
    """

    id: Id
    title: Text
    lead: Text
    retention: float = Field(ge=0.7, le=0.97)
    minutes: int = Field(gt=0, le=60)
    share: float = Field(gt=0, le=1)
    seconds: int = Field(gt=0, le=600)
    talk_seconds: int = Field(gt=0, le=1800)
    put_off: tuple[int, ...] = Field(min_length=1)
    how: tuple[Text, ...] = ()
