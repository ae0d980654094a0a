"""Whatever people write arrives as they wrote it, and nothing of it is ever markup."""

from hypothesis import given
from hypothesis import strategies as st

from wecom.markup import SHOWN, fields_of

from .callbacks import xml

anything = st.text(st.characters(exclude_categories=["Cs"]))  # no halves of surrogate pairs: no UTF-8 has them
hostile = st.text("<>[]!&;]CDATA'\" ]]>\n#x/?-")


def as_read(text):
    """XML knows one end of line, and what it forbids is shown."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(SHOWN)


@given(st.one_of(anything, hostile))
def test_any_words_come_through(text):
    assert fields_of(xml({"Content": text, "MsgId": "1"}).encode()) == {"Content": as_read(text), "MsgId": "1"}


def test_fields_inside_of_fields_are_told_apart():
    chosen = {"SelectedItem": [{"QuestionKey": "a", "OptionIds": {"OptionId": ["1", "2"]}}, {"QuestionKey": "b"}]}
    assert fields_of(xml({"SelectedItems": chosen, "Event": ""}).encode()) == {"SelectedItems": chosen, "Event": ""}


def test_half_a_character_costs_that_character_alone():
    cut = xml({"Content": "打印机"}).encode().replace("机".encode(), "机".encode()[:2])
    assert fields_of(cut) == {"Content": "打印\ufffd"}
